// Scanning: bursts from a wedge, frames from a camera, and what a code means here.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Read } from "../../src/barcode/codes.ts";
import type { Row, Rows } from "../../src/core/wire.ts";
import { believed, centre, is_news, NOTHING_SEEN, seen } from "../../src/scan/frames.ts";
import { hand } from "../../src/scan/hand.ts";
import { resolved, signal } from "../../src/scan/resolve.ts";
import { fed, NO_BURST, typed } from "../../src/scan/wedge.ts";
import { rows_of, ward } from "./ward.ts";

const OPEN = { prefix: "", suffix: "" };
/** Types keys with one gap between them; the last scanned text, or null. */
function played(keys: string[], gap_ms: number, rules = OPEN): string | null {
  let burst = NO_BURST;
  let scanned: string | null = null;
  keys.forEach((key, index) => {
    const now = fed(burst, key, 1000 + index * gap_ms, rules);
    burst = now.burst;
    scanned = now.scanned ?? scanned;
  });
  return scanned;
}
const code = "6".padEnd(33, "1");

test("a burst of eight or more keys and Enter is a scan; a hand is not", () => {
  assert.equal(played([...code, "Enter"], 5), code);
  assert.equal(played([..."12345678", "Enter"], 50), "12345678");
  assert.equal(played([..."12345678", "Enter"], 51), null);
  assert.equal(played([..."1234567", "Enter"], 5), null);
  assert.equal(played([...code], 5), null);
});

test("a pause in the middle throws away what was before it", () => {
  let burst = NO_BURST;
  for (const [index, key] of [..."12345"].entries()) burst = fed(burst, key, index * 10, OPEN).burst;
  for (const [index, key] of [..."87654321"].entries()) burst = fed(burst, key, 500 + index * 10, OPEN).burst;
  assert.equal(fed(burst, "Enter", 580, OPEN).scanned, "87654321");
});

test("prefix and suffix set for a scanner decide instead", () => {
  const rules = { prefix: "~", suffix: "!" };
  assert.equal(played([..."~123456789!"], 20, rules), "123456789");
  assert.equal(played([..."123456789", "Enter"], 20, rules), null, "without its prefix it is no scan");
});

test("digits are read off the keyboard's places where an input method hides them", () => {
  assert.equal(typed("Process", "Digit7"), "7");
  assert.equal(typed("Unidentified", "Numpad3"), "3");
  assert.equal(typed("Shift", "ShiftLeft"), null);
  assert.equal(typed("Enter", "Enter"), "Enter");
});

test("one frame is never believed, two are, a third is no news", () => {
  const one = seen(NOTHING_SEEN, "a", 0);
  const two = seen(one, "a", 100);
  assert.deepEqual([believed(one), believed(two), believed(seen(two, "a", 200))], [false, true, false]);
  assert.equal(believed(seen(seen(one, "b", 50), "a", 100)), false, "another code between starts anew");
  assert.equal(believed(seen(one, "a", 901)), false, "too long between");
  assert.ok(
    is_news(null, "a", 0) &&
      !is_news({ text: "a", at_ms: 0 }, "a", 2500) &&
      is_news({ text: "a", at_ms: 0 }, "a", 2501),
  );
  assert.ok(is_news({ text: "a", at_ms: 0 }, "b", 1));
});

test("the crop is a centred square, scaled down for the decoder, never up", () => {
  assert.deepEqual(centre(1280, 720), { x: 370, y: 90, width: 540, height: 540, scale: 1 });
  assert.equal(Math.round(centre(3840, 2160).width * centre(3840, 2160).scale), 720);
});

const now = Date.parse("2026-11-24T00:31:00Z");
const band = (label: string, state: string, digits: string) =>
  ({
    type: "wristband",
    key: digits.padEnd(33, "0"),
    stay_id: `stay-${label}`,
    patient_id: `patient-${label}`,
    state,
    print_number: 1,
  }) as unknown as Row;
const base = ward(now, [{ label: "07" }, { label: "08" }, { label: "09", discharged: true }]);
const all: Row[] = [
  ...(["stay", "patient", "position"] as const).flatMap((type) => base.rows(type)),
  band("07", "live", "611"),
  band("07", "superseded", "612"),
  band("07", "void", "613"),
  band("08", "live", "614"),
  band("09", "live", "615"),
  band("gone", "live", "616"),
  { type: "moved_stay", key: "m", stay_id: "stay-gone", to_ward_id: "ngoai" } as unknown as Row,
];
const rows: Rows = rows_of(all);
const read = (digits: string): Read => ({ kind: "wristband", code: digits.padEnd(33, "0") });
const never = () => false;
const kind = (digits: string, expected: string | null = null) => resolved(read(digits), rows, expected, never).kind;

test("each band has one meaning: match, replaced, void, discharged, moved, unknown", () => {
  assert.deepEqual(resolved(read("611"), rows, null, never), {
    kind: "match",
    stay_id: "stay-07",
    code: "611".padEnd(33, "0"),
    band: "live",
  });
  assert.deepEqual((resolved(read("612"), rows, null, never) as { band: string }).band, "superseded");
  assert.deepEqual(
    ["613", "615", "616", "617"].map((digits) => kind(digits)),
    ["void", "discharged", "moved", "unknown_band"],
  );
});

test("another's band on an open patient is a mismatch, loudest where names are alike", () => {
  assert.equal(kind("614", "stay-07"), "mismatch");
  assert.equal(kind("611", "stay-07"), "match");
  assert.equal(signal(resolved(read("614"), rows, "stay-07", never)), "stop");
  assert.equal(signal(resolved(read("614"), rows, "stay-07", () => true)), "alike");
  assert.equal(kind("613", "stay-08"), "void", "a void band says so before anything else");
});

test("what is no wristband never opens a patient", () => {
  assert.equal(resolved({ kind: "bed", code: "" }, rows, null, never).kind, "bed");
  assert.equal(resolved({ kind: "staff_badge", code: "1" }, rows, null, never).kind, "badge");
  assert.equal(resolved({ kind: "unit_dose", code: "1" }, rows, null, never).kind, "not_yet");
  for (const reason of ["foreign", "package", "truncated", "doubled", "damaged", "empty", "link"]) {
    assert.deepEqual(resolved({ reason }, rows, null, never), { kind: "unreadable", reason });
  }
});

test("a scanner's burst types nothing into an open pad; a hand does", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const got: string[] = [];
  const keys = hand((key) => got.push(key));
  let at_ms = 1000;
  const type = (key: string, gap_ms: number) => {
    context.mock.timers.tick(gap_ms);
    at_ms += gap_ms;
    keys.pressed({ key, at_ms });
  };
  for (const digit of code) type(digit, 5);
  type("Enter", 5);
  context.mock.timers.tick(200);
  assert.deepEqual(got, [], "not even the first figure of a band");
  type("1", 300);
  type("6", 120);
  context.mock.timers.tick(200);
  assert.deepEqual(got, ["1", "6"]);
});
