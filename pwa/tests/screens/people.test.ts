// Names, ages, weights and typed numbers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { age, age_months_range, crosses_band } from "../../src/patients/ages.ts";
import { parse_decimal } from "../../src/patients/decimals.ts";
import { capitals, fold, split_name, words_match } from "../../src/patients/names.ts";
import { changed_much, weight_state, weight_text } from "../../src/patients/weights.ts";

const now = Date.parse("2026-11-24T00:31:00Z");
const born = (fields: object) => ({
  birth_date: null,
  birth_year: null,
  age_months: null,
  age_months_at: null,
  ...fields,
});

test("a name is found without accents, in any word order, by beginnings", () => {
  assert.equal(fold("  TRẦN  Thị Đẹp "), "tran thi dep");
  assert.ok(words_match("hanh tran", "Trần Thị Mỹ Hạnh"));
  assert.ok(words_match("thuy", "Đặng Thị Thuỷ Tiên") && words_match("thủy", "Đặng Thị Thuỷ Tiên"));
  assert.ok(!words_match("tran tran", "Trần Thị Mỹ Hạnh"));
  assert.ok(!words_match("", "Trần Thị Mỹ Hạnh"));
  assert.ok(words_match("t thi", "Trần Thị Mai"), "a short word must not take the only place of a longer one");
});

test("a name written as one is split, and one word is a whole name", () => {
  assert.deepEqual(split_name("Trần Thị Mỹ Hạnh"), { family_name: "Trần", middle_name: "Thị Mỹ", given_name: "Hạnh" });
  assert.deepEqual(split_name("Nghĩa"), { family_name: "", middle_name: "", given_name: "Nghĩa" });
  assert.equal(capitals(split_name("Nguyễn Văn Út")), "NGUYỄN VĂN ÚT");
});

test("an age is said in days, months, years, and a birth year leaves a range", () => {
  assert.deepEqual(age(born({ birth_date: "2026-11-10" }), now), { unit: "days", value: 14, about: false });
  assert.deepEqual(age(born({ birth_date: "2022-11-24" }), now), { unit: "months", value: 48, about: false });
  assert.deepEqual(age(born({ birth_year: 1951 }), now), { unit: "years", value: 75, about: false });
  assert.deepEqual(age(born({ age_months: 480, age_months_at: "2026-11-24" }), now), {
    unit: "years",
    value: 40,
    about: true,
  });
  assert.equal(age(born({}), now), null);
  assert.deepEqual(age_months_range(born({ birth_year: 2010 }), now), [190, 202]);
  assert.ok(crosses_band(born({ birth_year: 2010 }), now), "2010 may be 15 or 16");
  assert.ok(!crosses_band(born({ birth_year: 1951 }), now));
  assert.ok(!crosses_band(born({ birth_year: 2010, age_months: 191, age_months_at: "2026-11-01" }), now));
});

test("a birthday counts in the hospital's day, not in UTC", () => {
  assert.deepEqual(
    age_months_range(born({ birth_date: "2010-11-24" }), Date.parse("2026-11-23T17:00:00Z")),
    [192, 192],
  );
  assert.deepEqual(
    age_months_range(born({ birth_date: "2010-11-24" }), Date.parse("2026-11-23T16:59:00Z")),
    [191, 191],
  );
});

test("a weight goes stale by age, and an estimate says so", () => {
  const weighed = (days: number, source: "scale" | "estimate") => [
    { weight_g: 52_000, source, weighed_at: new Date(now - days * 86_400_000).toISOString() },
  ];
  assert.equal(weight_state([], born({ birth_year: 1951 }), now), "missing");
  assert.equal(weight_state(weighed(29, "scale"), born({ birth_year: 1951 }), now), "good");
  assert.equal(weight_state(weighed(31, "scale"), born({ birth_year: 1951 }), now), "stale");
  assert.equal(weight_state(weighed(8, "scale"), born({ birth_date: "2020-01-01" }), now), "stale");
  assert.equal(weight_state(weighed(1, "estimate"), born({ birth_year: 1951 }), now), "estimated");
  assert.ok(changed_much(50_000, 45_000) && changed_much(50_000, 55_000) && !changed_much(50_000, 54_900));
  assert.ok(!changed_much(undefined, 50_000));
  assert.deepEqual(weight_text(52_500, ",", false), { value: "52,5", unit: "kg" });
  assert.deepEqual(weight_text(52_000, ",", false), { value: "52", unit: "kg" });
  assert.deepEqual(weight_text(3_180, ",", true), { value: "3180", unit: "g" });
  assert.deepEqual(weight_text(52_960, ".", false), { value: "53", unit: "kg" });
});

test("comma and point are decimal marks; a grouping mark is asked about, never guessed", () => {
  assert.deepEqual(parse_decimal("37,5", 1), { scaled: 375 });
  assert.deepEqual(parse_decimal("37.5", 1), { scaled: 375 });
  assert.deepEqual(parse_decimal("52", 3), { scaled: 52_000 });
  for (const text of ["1.000", "1,000"])
    assert.deepEqual(parse_decimal(text, 3), { refused: "grouping", small: "1", large: "1000" });
  assert.deepEqual(parse_decimal("1.000,5", 1), { refused: "grouping", small: "1.000,5", large: "1000,5" });
  assert.deepEqual(parse_decimal("37,55", 1), { refused: "too_many_decimals" });
  for (const text of ["1e3", "-1", "٣", "1,,2", ",5"])
    assert.deepEqual(parse_decimal(text, 1), { refused: "not_a_number" });
  assert.deepEqual(parse_decimal(" ", 1), { refused: "empty" });
});
