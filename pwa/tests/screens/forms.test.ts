// Admission, finding, what is to be done, what I charted, and times: the models behind the forms.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../src/core/wire.ts";
import { parsed_birth } from "../../src/patients/births.ts";
import { type Draft, details, drafted, EMPTY, may_be, missing, months_asked } from "../../src/patients/details.ts";
import { search } from "../../src/patients/search.ts";
import { to_do } from "../../src/patients/todo.ts";
import { charted_by } from "../../src/vitals/mine.ts";
import { clock_time, minutes_before, taken_ms } from "../../src/vitals/times.ts";
import { type Card, card_of } from "../../src/wards/cards.ts";
import { ends } from "../../src/wards/ends.ts";
import { may } from "../../src/wards/roles.ts";
import { rows_of, ward } from "./ward.ts";

const now = Date.parse("2026-11-24T00:31:00Z");
const draft = (fields: Partial<Draft>): Draft => ({ ...EMPTY, ...fields });

test("a birth is a day or a year, never in the future and never a day that is not", () => {
  assert.deepEqual(parsed_birth("14/02/1958", now), { birth_date: "1958-02-14", birth_year: null });
  assert.deepEqual(parsed_birth("1951", now), { birth_date: null, birth_year: 1951 });
  assert.deepEqual(parsed_birth("14021958", now), { birth_date: "1958-02-14", birth_year: null });
  for (const wrong of ["31/02/1958", "25/11/2026", "2027", "58", "1889", "mai"])
    assert.equal(parsed_birth(wrong, now), null, wrong);
});

test("what is missing is named; a one-word name is whole", () => {
  assert.deepEqual(missing(EMPTY, now), ["name", "birth", "sex"]);
  assert.deepEqual(missing(draft({ name: "Nghĩa", birth: "1944", sex: "male" }), now), []);
  assert.deepEqual(details(draft({ name: "Nghĩa", birth: "1944", sex: "male" }), now).given_name, "Nghĩa");
});

test("months are asked where the year alone leaves the chart open, and only there", () => {
  assert.ok(months_asked(draft({ birth: "2010" }), now));
  assert.ok(!months_asked(draft({ birth: "24/11/2010" }), now));
  assert.deepEqual(missing(draft({ name: "An", birth: "2010", sex: "male" }), now), ["months"]);
  const known = details(draft({ name: "An", birth: "2010", sex: "male", age_months: 190 }), now);
  assert.deepEqual([known.age_months, known.age_months_at], [190, "2026-11-24"]);
});

test("an unknown person needs an estimated age and keeps the stand-in name whole", () => {
  const unknown = draft({ name: "Vô danh Cấp cứu 07:31 số 1", unknown_person: true, sex: "male" });
  assert.deepEqual(missing(unknown, now), ["months"]);
  const made = details({ ...unknown, age_months: 480 }, now);
  assert.deepEqual([made.family_name, made.given_name, made.birth_year], ["", "Vô danh Cấp cứu 07:31 số 1", null]);
});

test("a row read back into the form records the same identity again", () => {
  const rows = ward(now, [{ label: "10", name: ["Nguyễn", "Thị", "Hoa"], birth_date: "1958-02-14" }]);
  const patient = rows.rows("patient")[0];
  assert.ok(patient);
  const again = details(drafted(patient), now);
  assert.deepEqual(
    [again.family_name, again.middle_name, again.given_name, again.birth_date],
    ["Nguyễn", "Thị", "Hoa", "1958-02-14"],
  );
});

test("somebody who may be known already is shown before admission", () => {
  const rows = ward(now, [
    { label: "10", name: ["Nguyễn", "Thị", "Hoa"], birth_date: "1958-02-14" },
    {
      label: "11",
      name: ["Trần", "Văn", "An"],
      birth_date: "1990-01-01",
      patient: { identifiers: [{ system: "national_id", value: "079158001234" }] },
    },
  ]);
  const found = (fields: Partial<Draft>) => may_be(rows, draft(fields), now).map((patient) => patient.given_name);
  assert.deepEqual(found({ name: "nguyen thi hoà" }), ["Hoa"]);
  assert.deepEqual(found({ name: "Nguyễn Văn Tý", birth: "14/02/1958" }), ["Hoa"]);
  assert.deepEqual(found({ name: "Lê Văn Tám", identifiers: [{ system: "national_id", value: "079158001234" }] }), [
    "An",
  ]);
  assert.deepEqual(found({ name: "Lê Văn Tám", birth: "1958" }), []);
});

test("found by name, place, code or document; those who left come last", () => {
  const rows = ward(now, [
    { label: "10", name: ["Nguyễn", "Thị", "Hoa"], discharged: true },
    {
      label: "12A",
      name: ["Trần", "Thị Mỹ", "Hạnh"],
      patient: { identifiers: [{ system: "insurance_card", value: "DN4790012345678" }] },
    },
    { label: "11", name: ["Lê", "Thị", "Hòa"] },
  ]);
  const places = (query: string) => search(rows, query).map((one) => one.position);
  assert.deepEqual(places("thi hoa"), ["11", "10"]);
  assert.deepEqual(places("12a"), ["12A"]);
  assert.deepEqual(places("12345678"), ["12A"]);
  assert.deepEqual(places("26-000011"), ["11"]);
  assert.deepEqual(places(""), []);
});

test("to do: vital signs, then what is not asked, not weighed, not banded; nothing after discharge", () => {
  const asked = { allergy_state: "not_asked", birth_date: null, birth_year: 2010 };
  const rows = ward(now, [
    { label: "01", due_min: -5, patient: asked },
    { label: "02", discharged: true },
  ]);
  const kinds = (label: string) =>
    to_do(rows, card_of(rows, `stay-${label}`, now) as Card, null, now).map((item) => item.kind);
  assert.deepEqual(kinds("01"), ["vitals", "allergy", "age", "weight", "band"]);
  assert.deepEqual(kinds("02"), []);
});

test("a scanned old band asks for a new one; a live band asks for nothing", () => {
  const base = ward(now, [{ label: "01", due_min: 5 }]);
  const band = (key: string, state: string, print_number: number) =>
    ({ type: "wristband", key, stay_id: "stay-01", state, print_number }) as unknown as Row;
  const rows = rows_of([
    ...base.rows("stay"),
    ...base.rows("patient"),
    ...base.rows("position"),
    ...base.rows("vitals_state"),
    band("a", "superseded", 1),
    band("b", "live", 2),
  ]);
  const state = (scanned: string | null) =>
    to_do(rows, card_of(rows, "stay-01", now) as Card, scanned, now).filter((item) => item.kind === "band");
  assert.deepEqual(state("b"), []);
  assert.deepEqual(state("a"), [{ kind: "band", state: "old" }]);
});

test("what I charted: mine, of this shift, with its findings", () => {
  const set = (key: string, author_id: string, hours: number) =>
    ({
      type: "observation_set",
      key,
      author_id,
      stay_id: "s",
      recorded_at: new Date(now - hours * 3_600_000).toISOString(),
      readings: [],
    }) as unknown as Row;
  const finding = { type: "finding", key: "f", command_id: "a", rule: "late_entry" } as unknown as Row;
  const found = charted_by(
    rows_of([set("a", "me", 3), set("b", "me", 1), set("c", "me", 13), set("d", "other", 1), finding]),
    "me",
    now,
  );
  assert.deepEqual(
    found.map(({ set: { key }, findings }) => [key, findings.length]),
    [
      ["b", 0],
      ["a", 1],
    ],
  );
});

test("a time is never later than now, and four figures are the last such time", () => {
  assert.equal(taken_ms(null, now), now);
  assert.equal(taken_ms(now + 60_000, now), now);
  assert.equal(minutes_before(0, now), null);
  assert.equal(minutes_before(15, now + 30_000), now - 15 * 60_000);
  const utc = 7 * 3_600_000;
  assert.equal(clock_time("0731", now, utc), now);
  assert.equal(clock_time("0732", now, utc), now + 60_000 - 86_400_000);
  for (const wrong of ["2400", "0760", "731", "ab"]) assert.equal(clock_time(wrong, now, utc), null);
});

test("a discharge names what it ends", () => {
  const rows = ward(now, [{ label: "07", due_min: -5, band: "high", total: 8 }]);
  const unsent = {
    id: "x",
    kind: "record_vitals",
    stay_id: "stay-07",
    recorded_at: "",
    author_id: "",
    state: "unsent",
  } as const;
  assert.deepEqual(
    ends(rows, card_of(rows, "stay-07", now) as Card, [unsent]).map((end) => end.kind),
    ["score", "vitals", "bed", "unsent"],
  );
});

test("a student reads, a clerk admits and moves, only a physician records a death", () => {
  assert.ok(!may("student", "chart") && !may("student", "record_allergy") && !may(undefined, "chart"));
  assert.ok(may("clerk", "admit") && may("clerk", "move") && !may("clerk", "chart"));
  assert.ok(may("physician", "record_death") && !may("charge_nurse", "record_death"));
});
