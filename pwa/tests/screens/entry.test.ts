// The vitals pad: what each tap does, counted from the scan to the save.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as pad from "../../src/vitals/entry.ts";

/** Plays taps: a digit or mark is a key, "air"/"oxygen" the supply, `device:x`, a letter the consciousness. Returns the set and the number of taps. */
function played(taps: string[], from = pad.started()): pad.Entry {
  return taps.reduce((entry, tap) => {
    if (/^[0-9,]$/.test(tap) || tap === "clear") return pad.press(entry, tap as pad.Key);
    if (tap === "air" || tap === "oxygen") return pad.chose_supply(entry, tap);
    if (tap.startsWith("device:")) return pad.chose_device(entry, tap.slice(7));
    if (tap.startsWith("go:")) return pad.went_to(entry, tap.slice(3) as pad.Field);
    return pad.chose_consciousness(entry, tap);
  }, from);
}
const values_of = (entry: pad.Entry) =>
  pad
    .readings(entry, "t")
    .map((r) => `${r.parameter} ${r.state === "measured" ? (r.value ?? "") : r.reason} ${r.code ?? ""}`.trim());

test("B1: a well adult takes 18 taps from the scan to saved", () => {
  // 1 "Đo DHST" on the match screen + 16 on the pad + 1 "Lưu" = 18; fields advance by themselves.
  const taps = ["1", "6", "9", "8", "air", "1", "2", "4", "7", "6", "7", "8", "A", "3", "6", "8"];
  const entry = played(taps);
  assert.equal(1 + taps.length + 1, 18);
  assert.deepEqual(pad.problems(entry), []);
  assert.deepEqual(values_of(entry), [
    "respiration_rate 16",
    "spo2 98",
    "oxygen  air",
    "systolic_bp 124",
    "diastolic_bp 76",
    "pulse 78",
    "consciousness  A",
    "temperature 368 axillary",
  ]);
});

test("B1: on oxygen with a three-digit pulse it takes 21", () => {
  // 1 "Đo DHST" + 19 on the pad + 1 "Lưu" = 21; the aim is 24.
  const taps = [
    "2",
    "4",
    "9",
    "3",
    "oxygen",
    "3",
    "device:nasal_cannula",
    "1",
    "0",
    "4",
    "6",
    "2",
    "1",
    "1",
    "2",
    "A",
    "3",
    "8",
    "4",
  ];
  const entry = played(taps);
  assert.equal(1 + taps.length + 1, 21);
  assert.deepEqual(pad.problems(entry), []);
  assert.ok(values_of(entry).includes("oxygen 30 nasal_cannula") && values_of(entry).includes("pulse 112"));
});

test("a field is full when no further key could make another possible value", () => {
  assert.equal(played(["1"]).at, "respiration_rate");
  assert.equal(played(["1", "6"]).at, "spo2");
  assert.equal(played(["0", "8"]).at, "spo2", "a leading zero counts as a figure");
  assert.equal(played(["go:spo2", "1", "0"]).at, "spo2", "10 may become 100");
  assert.equal(played(["go:spo2", "1", "0", "0"]).at, "oxygen");
  assert.equal(played(["go:blood_pressure", "9", "8"]).slot, "diastolic_bp");
  assert.equal(played(["go:blood_pressure", "3", "0"]).slot, "systolic_bp", "30 may become 300");
  assert.equal(played(["go:pulse", "2", "5"]).at, "pulse", "25 may become 250");
  assert.equal(played(["go:pain", "0"]).at, "pain");
});

test("a refused key changes nothing but its reason", () => {
  const rule = (taps: string[]) => played(taps).blocked?.rule;
  assert.equal(rule(["go:spo2", "1", "0", "1"]), "too_high");
  assert.equal(rule(["go:temperature", "4", "6"]), "too_high");
  assert.equal(rule(["go:temperature", "1"]), "too_low");
  assert.equal(rule(["go:temperature", "4", "5", "1"]), "too_high");
  assert.equal(rule(["go:pulse", ","]), "no_decimal");
  assert.equal(rule(["go:temperature", "3", "8", ",", ","]), "one_decimal");
  assert.equal(rule(["go:consciousness", "5"]), "choose");
  assert.equal(rule(["go:oxygen", "5"]), "choose", "litres need oxygen first");
  const full = played(["go:temperature", "3", "8", "4", "5"]);
  assert.deepEqual([full.blocked?.rule, full.typed.temperature], ["full", "384"]);
  assert.equal(played(["go:temperature", "3", "8", "4", "5", "clear"]).blocked, null);
});

test("temperature takes its mark by itself, or with comma or point typed; both read the same", () => {
  const plain = played(["go:temperature", "3", "8", "4"]);
  const marked = played(["go:temperature", "3", "8", ",", "4"]);
  assert.equal(pad.value_of("temperature", plain.typed.temperature), 384);
  assert.equal(pad.value_of("temperature", marked.typed.temperature), 384);
  assert.equal(pad.shown("temperature", plain.typed.temperature, ","), "38,4");
  assert.equal(pad.shown("temperature", marked.typed.temperature, "."), "38.4");
  assert.equal(pad.value_of("temperature", "37"), 370, "left at 37 it is 37,0");
});

test("oxygen flow: a zero is set before the mark, half litres and whole ones", () => {
  const half = played(["oxygen", ",", "5"]);
  assert.equal(half.typed.oxygen, "0,5");
  assert.equal(pad.value_of("oxygen", half.typed.oxygen), 5);
  assert.equal(pad.value_of("oxygen", "15"), 150);
  assert.deepEqual(
    pad.problems(half).map((p) => p.rule),
    ["device"],
  );
  const air = pad.chose_supply(half, "air");
  assert.deepEqual(
    [air.typed.oxygen, air.device],
    [undefined, null],
    "litres typed for oxygen do not stay on room air",
  );
});

test("clear goes back figure by figure, then field by field", () => {
  assert.equal(played(["1", "6", "9", "clear"]).typed.spo2, undefined);
  assert.equal(played(["1", "6", "clear"]).at, "respiration_rate");
  assert.equal(played(["1", "6", "clear", "clear"]).typed.respiration_rate, "1");
  assert.equal(played(["go:blood_pressure", "1", "2", "4", "clear"]).slot, "systolic_bp");
  assert.equal(played(["clear"]).at, "respiration_rate");
});

test("not measurable and not taken carry their reason for every parameter of the field, and give way to a value", () => {
  const ill = pad.marked_absent(played(["go:blood_pressure", "1"]), { state: "not_measurable", reason: "too_ill" });
  assert.deepEqual(values_of(ill), ["systolic_bp too_ill", "diastolic_bp too_ill"]);
  assert.equal(ill.at, "pulse");
  const measured = played(["go:blood_pressure", "9", "0", "5", "0"], ill);
  assert.deepEqual(values_of(measured), ["systolic_bp 90", "diastolic_bp 50"]);
  const asleep = pad.marked_absent(played(["A"]), { state: "not_taken", reason: "asleep" });
  assert.deepEqual(asleep.absent.temperature, { state: "not_taken", reason: "asleep" });
});

test("what cannot be recorded is named: no device, an unfinished figure; a systolic by palpation can", () => {
  const rules = (taps: string[]) => pad.problems(played(taps)).map((p) => p.rule);
  assert.deepEqual(rules(["go:blood_pressure", "1", "2", "4"]), []);
  assert.deepEqual(rules(["oxygen"]), ["device"]);
  assert.deepEqual(rules(["go:pulse", "9", "go:spo2"]), ["impossible"]);
  assert.deepEqual(rules(["go:temperature", "3", "go:pulse"]), ["impossible"]);
});

test("rare values are gathered for one question; common illness is none", () => {
  assert.deepEqual(pad.rare(played(["go:temperature", "3", "9", "2", "go:pulse", "1", "2", "5"])), []);
  assert.deepEqual(
    pad.rare(played(["go:blood_pressure", "9", "0", "9", "5"])),
    [{ slot: "diastolic_bp", value: 95 }],
    "upside down",
  );
  const odd = pad.rare(played(["0", "5", "7", "0", "go:temperature", "4", "1", "5"]));
  assert.deepEqual(odd, [
    { slot: "respiration_rate", value: 5 },
    { slot: "spo2", value: 70 },
    { slot: "temperature", value: 415 },
  ]);
});

test("every possible whole value of every figure can be typed, and none other", () => {
  for (const slot of [
    "respiration_rate",
    "spo2",
    "systolic_bp",
    "diastolic_bp",
    "pulse",
    "temperature",
    "pain",
  ] as const) {
    const [least, most] = pad.possible(slot);
    const field = slot.endsWith("_bp") ? "blood_pressure" : slot;
    const open = { ...pad.went_to(pad.started(), field as pad.Field), slot };
    for (let value = 0; value <= most + 50; value += 1) {
      const digits = slot === "temperature" ? String(value).padStart(3, "0") : String(value);
      let entry: pad.Entry = open;
      for (const digit of digits)
        if (entry.slot === slot && entry.blocked === null) entry = pad.press(entry, digit as pad.Key);
      const typed = entry.blocked === null ? pad.value_of(slot, entry.typed[slot]) : null;
      const possible = value >= least && value <= most;
      if (possible) assert.equal(typed, value, `${slot} ${value} can be typed`);
      else assert.ok(typed === null || typed !== value || value < least, `${slot} ${value} cannot be typed`);
    }
  }
});

test("a recorded set read back into the pad records the same again", () => {
  const typed = played([
    "2",
    "4",
    "9",
    "3",
    "oxygen",
    "2",
    ",",
    "5",
    "device:venturi",
    "1",
    "0",
    "4",
    "6",
    "2",
    "1",
    "1",
    "2",
    "V",
    "3",
    "8",
    "4",
  ]);
  const absent = pad.marked_absent(pad.went_to(typed, "pain"), { state: "not_taken", reason: "asleep" });
  const recorded = pad.readings(absent, "t");
  assert.deepEqual(pad.readings(pad.from_readings(recorded), "t"), recorded);
});
