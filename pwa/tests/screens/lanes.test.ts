// Trend lanes and rulers.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as lanes from "../../src/vitals/lanes.ts";

const now = Date.parse("2026-11-24T00:31:00Z");
const hour = 3_600_000;
const box = { width: 312, height: 72, from_ms: now - lanes.WINDOW_MS, to_ms: now };
const at = (hours: number) => new Date(now - hours * hour).toISOString();
const set = (hours: number, readings: object[], more: object = {}) =>
  ({
    type: "observation_set",
    key: `set${hours}`,
    taken_at: at(hours),
    corrected_by: null,
    score: null,
    readings: readings.map((r) => ({
      state: "measured",
      value: null,
      code: null,
      reason: null,
      taken_at: at(hours),
      ...r,
    })),
    ...more,
  }) as unknown as lanes.ObservationSet;
const pulse = (hours: number, value: number, points: number) =>
  set(hours, [{ parameter: "pulse", value }], {
    score: { total: points, band: "low", lower_bound: true, points: { pulse: points }, red: [] },
  });
const PULSE: lanes.Bands = [
  [null, 40, 3],
  [41, 50, 1],
  [51, 90, 0],
  [91, 110, 1],
  [111, 130, 2],
  [131, null, 3],
];

test("points further apart than 8 hours are not joined", () => {
  const drawn = lanes.lane(
    "pulse",
    lanes.marks("pulse", [pulse(20, 80, 0), pulse(12, 84, 0), pulse(3.9, 88, 0)]),
    PULSE,
    box,
  );
  assert.deepEqual(drawn.path.replace(/[^ML]/g, ""), "MLM");
});

test("a value of three points is a square, the others are rings; what is outside the window is left out", () => {
  const drawn = lanes.lane(
    "pulse",
    lanes.marks("pulse", [pulse(80, 60, 0), pulse(10, 80, 0), pulse(4, 140, 3)]),
    PULSE,
    box,
  );
  assert.deepEqual(
    drawn.dots.map((dot) => dot.square),
    [false, true],
  );
});

test("a value outside the usual range stretches the lane and is never cut", () => {
  const drawn = lanes.lane("pulse", lanes.marks("pulse", [pulse(4, 250, 3), pulse(2, 20, 3)]), PULSE, box);
  for (const dot of drawn.dots) assert.ok(dot.y >= 6 && dot.y <= 66);
});

test("bands of two and three points are drawn and meet without a gap", () => {
  const drawn = lanes.lane("pulse", [], PULSE, box);
  assert.deepEqual(
    drawn.zones.map((zone) => zone.points),
    [3, 2, 3],
  );
  const [, two, three] = drawn.zones;
  assert.ok(Math.abs((three?.y ?? 0) + (three?.height ?? 0) - (two?.y ?? 1)) < 1e-9);
});

test("corrected sets and sets taken back are not drawn", () => {
  const gone = [pulse(4, 60, 0), { ...pulse(3, 61, 0), corrected_by: "x" }, set(2, [])] as lanes.ObservationSet[];
  assert.deepEqual(
    lanes.marks("pulse", gone).map((mark) => mark.value),
    [60],
  );
});

test("the score lane takes totals; a lower bound says so; 7 and more is a square", () => {
  const scored = (hours: number, total: number | null, band: string, lower_bound: boolean) =>
    set(hours, [{ parameter: "pulse", value: 80 }], { score: { total, band, lower_bound, points: {}, red: [] } });
  const found = lanes.marks("score", [
    scored(9, 7, "high", false),
    scored(6, 3, "low", true),
    scored(3, null, "x", false),
  ]);
  assert.deepEqual(
    found.map(({ value, points, at_least }) => [value, points, at_least]),
    [
      [7, 3, false],
      [3, null, true],
    ],
  );
});

test("midnights and noons are the hospital's", () => {
  const found = lanes.ticks(box, 7 * hour);
  assert.equal(found.length, 6);
  assert.deepEqual(
    found.filter((tick) => tick.midnight).map((tick) => new Date(tick.at_ms).toISOString()),
    ["2026-11-21T17:00:00.000Z", "2026-11-22T17:00:00.000Z", "2026-11-23T17:00:00.000Z"],
  );
});

test("oxygen runs until the next reading, 8 hours at most", () => {
  const oxygen = (hours: number, code: string) => set(hours, [{ parameter: "oxygen", code }]);
  const per_hour = (box.width - 12) / 72;
  const found = lanes.oxygen_spans([oxygen(40, "nasal_cannula"), oxygen(10, "simple_mask"), oxygen(6, "air")], box);
  assert.deepEqual(
    found.map((span) => Math.round(span.width / per_hour)),
    [8, 4],
  );
});

test("a ruler's bands fill it without a gap, and its marks stay inside", () => {
  const drawn = lanes.ruler(PULSE, 336, 300, 78);
  assert.equal(
    drawn.bands.reduce((sum, band) => sum + band.width, 0),
    336,
  );
  assert.equal(drawn.pointer, 328);
  assert.ok(drawn.ring !== null && drawn.ring > 8 && drawn.ring < 328);
  assert.deepEqual(
    drawn.limits.map((limit) => limit.value),
    [41, 51, 91, 111, 131],
  );
});
