// The geometry of trends: lanes over 72 hours and the ruler of one parameter. Numbers in, numbers out.
import type { RowOf } from "../core/wire.ts";

export type ObservationSet = RowOf<"observation_set">;
export type Bands = readonly (readonly [number | null, number | null, number])[];
export type LaneName = "score" | "respiration_rate" | "spo2" | "systolic_bp" | "pulse" | "temperature";
export const LANES: readonly LaneName[] = ["score", "respiration_rate", "spo2", "systolic_bp", "pulse", "temperature"];
/** One value on a lane: `points` is its sub-score as recorded, or 3 for a score from 7; `at_least` for a lower bound. */
export type Mark = { at_ms: number; value: number; points: number | null; at_least: boolean; set_id: string };
export type Dot = { x: number; y: number; square: boolean; at_least: boolean; mark: Mark };
export type Zone = { y: number; height: number; points: number };
export type Lane = { zones: Zone[]; path: string; dots: Dot[] };
export type Box = { width: number; height: number; from_ms: number; to_ms: number };

export const WINDOW_MS = 72 * 3_600_000;
const GAP_MS = 8 * 3_600_000;
const INSET = 6;
/** What a lane shows when its values stay within it; it grows to hold what does not. */
const RANGE: { [name in LaneName]: readonly [number, number] } = {
  score: [0, 12],
  respiration_rate: [6, 34],
  spo2: [84, 100],
  systolic_bp: [80, 180],
  pulse: [40, 140],
  temperature: [345, 400],
};
/** The response bands of the total: 7 and more is drawn as 3, 5 to 6 as 2. */
export const SCORE_BANDS: Bands = [
  [5, 6, 2],
  [7, null, 3],
];

/** Sets that stand: not corrected, not taken back. */
export function standing(sets: readonly ObservationSet[]): ObservationSet[] {
  return sets
    .filter((set) => set.corrected_by === null && set.readings.length > 0)
    .toSorted((a, b) => Date.parse(a.taken_at) - Date.parse(b.taken_at));
}

/** The values of one lane in order of time. */
export function marks(name: LaneName, sets: readonly ObservationSet[]): Mark[] {
  return standing(sets).flatMap((set): Mark[] => {
    if (name === "score") {
      const score = set.score;
      if (score === null || score.total === null) return [];
      const points = score.band === "high" ? 3 : null;
      return [
        { at_ms: Date.parse(set.taken_at), value: score.total, points, at_least: score.lower_bound, set_id: set.key },
      ];
    }
    return set.readings.flatMap((reading) => {
      if (reading.parameter !== name || reading.state !== "measured" || reading.value === null) return [];
      const points = set.score?.points[name] ?? (set.score?.red.includes(name) ? 3 : null);
      return [{ at_ms: Date.parse(reading.taken_at), value: reading.value, points, at_least: false, set_id: set.key }];
    });
  });
}

/** One lane drawn into a box. Points further apart than 8 hours are not joined. */
export function lane(name: LaneName, found: readonly Mark[], bands: Bands, box: Box): Lane {
  const inside = found.filter((mark) => mark.at_ms >= box.from_ms && mark.at_ms <= box.to_ms);
  const [least, most] = range_of(name, inside);
  const y = (value: number) => INSET + ((most - value) / (most - least)) * (box.height - 2 * INSET);
  const x = (at_ms: number) => x_of(at_ms, box);
  const dots = inside.map((mark) => ({
    x: x(mark.at_ms),
    y: y(mark.value),
    square: mark.points === 3,
    at_least: mark.at_least,
    mark,
  }));
  const path = dots
    .map((dot, index) => {
      const before = dots[index - 1];
      const joined = before !== undefined && dot.mark.at_ms - before.mark.at_ms <= GAP_MS;
      return `${joined ? "L" : "M"}${dot.x.toFixed(1)} ${dot.y.toFixed(1)}`;
    })
    .join("");
  return { zones: zones(bands, y, box.height), path, dots };
}

function range_of(name: LaneName, inside: readonly Mark[]): [number, number] {
  const values = inside.map((mark) => mark.value);
  return [Math.min(RANGE[name][0], ...values), Math.max(RANGE[name][1], ...values)];
}

/** Where a moment stands across the box, kept clear of its edges. */
export function x_of(at_ms: number, box: Box): number {
  return INSET + ((at_ms - box.from_ms) / (box.to_ms - box.from_ms)) * (box.width - 2 * INSET);
}

/** Bands of two and three points, half a unit wide of their limits so that neighbours meet. */
function zones(bands: Bands, y: (value: number) => number, height: number): Zone[] {
  return bands
    .filter(([, , points]) => points >= 2)
    .map(([low, high, points]) => {
      const top = high === null ? 0 : Math.max(0, y(high + 0.5));
      const bottom = low === null ? height : Math.min(height, y(low - 0.5));
      return { y: top, height: Math.max(0, bottom - top), points };
    })
    .filter((zone) => zone.height > 0);
}

export type Tick = { at_ms: number; x: number; midnight: boolean };

/** Midnights and noons of the hospital's day inside the box. */
export function ticks(box: Box, utc_offset_ms: number): Tick[] {
  const half_day_ms = 12 * 3_600_000;
  const found: Tick[] = [];
  let local = Math.ceil((box.from_ms + utc_offset_ms) / half_day_ms) * half_day_ms;
  for (; local - utc_offset_ms <= box.to_ms; local += half_day_ms) {
    const at_ms = local - utc_offset_ms;
    found.push({ at_ms, x: x_of(at_ms, box), midnight: local % (2 * half_day_ms) === 0 });
  }
  return found;
}

export type Span = { x: number; width: number };

/** When oxygen was running: from each reading that says so to the next reading, 8 hours at most. */
export function oxygen_spans(sets: readonly ObservationSet[], box: Box): Span[] {
  const readings = standing(sets)
    .flatMap((set) => set.readings.filter((reading) => reading.parameter === "oxygen" && reading.state === "measured"))
    .map((reading) => ({ at_ms: Date.parse(reading.taken_at), on: reading.code !== "air" }))
    .toSorted((a, b) => a.at_ms - b.at_ms);
  return readings.flatMap((reading, index): Span[] => {
    const until = Math.min(readings[index + 1]?.at_ms ?? box.to_ms, reading.at_ms + GAP_MS, box.to_ms);
    const from = Math.max(reading.at_ms, box.from_ms);
    return reading.on && until > from ? [{ x: x_of(from, box), width: x_of(until, box) - x_of(from, box) }] : [];
  });
}

export type RulerBand = { x: number; width: number; points: number };
export type Ruler = {
  bands: RulerBand[];
  limits: { x: number; value: number }[];
  pointer: number | null;
  ring: number | null;
};

/** One parameter's bands side by side: the pointer is what is typed, the ring the last value. Both stop at the ends. */
export function ruler(bands: Bands, width: number, typed: number | null, last: number | null): Ruler {
  const edges = bands.flatMap(([low]) => (low === null ? [] : [low])).toSorted((a, b) => a - b);
  const [first = 0, final = 1] = [edges[0], edges.at(-1)];
  const margin = Math.max((final - first) / 4, final === first ? 10 : 1);
  const [from, to] = [first - margin, final + margin];
  const x = (value: number) => (Math.min(Math.max(value, from), to) - from) * (width / (to - from));
  const inside = (value: number | null) => (value === null ? null : Math.min(Math.max(x(value), 8), width - 8));
  return {
    bands: bands.map(([low, high, points]) => {
      const left = low === null ? 0 : x(low);
      const right = high === null ? width : x(edges.find((edge) => edge > high) ?? to);
      return { x: left, width: right - left, points };
    }),
    limits: edges.map((value) => ({ x: x(value), value })),
    pointer: inside(typed),
    ring: inside(last),
  };
}
