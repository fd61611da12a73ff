// V3 to V6 and V8 of docs/rules/vitals.md: values put together, their points, the score and its band.
// Twin of rules/scoring.py.
import { FACTS } from "../../generated/vitals_facts.ts";
import {
  type Bands,
  chart_for,
  full_set,
  type Person,
  red_limits,
  red_span,
  type Subject,
  subject_at,
  type Values,
} from "./charts.ts";
import { counts, is_too_ill, judged, SCORED, type Value } from "./entry.ts";

export const MINUTE_MS = 60_000;
export const BAND_ORDER = ["zero", "low", "red_single", "medium", "high"] as const;
export type Band = (typeof BAND_ORDER)[number];

/** A score as the rules give it; `Score` on the wire, with instants as times. */
export type Result = {
  chart: "news2" | null;
  invalid: "age" | "age_unknown" | "pregnancy" | null;
  scale: 1 | 2;
  total: number | null;
  lower_bound: boolean;
  missing: string[];
  red: string[];
  too_ill: string[];
  band: Band | null;
  points: { [parameter: string]: number };
  oldest_ms: number;
  newest_ms: number;
};

/** V3: the instants at which oxygen was started: first seen on oxygen when last seen on air. */
export function oxygen_starts(values: readonly Value[]): number[] {
  const supply = values.filter((v) => v.parameter === "oxygen" && counts(v)).toSorted((a, b) => a.at_ms - b.at_ms);
  return supply.filter((v, number) => v.code !== "air" && supply[number - 1]?.code === "air").map((v) => v.at_ms);
}

/** V3: the newest value of each parameter, at most 30 minutes back; never over a boundary; SpO2 and oxygen one pair. */
export function assembled(values: readonly Value[], as_of_ms: number, boundaries_ms: readonly number[]): Values {
  const past = values.filter((v) => v.at_ms <= as_of_ms && judged(v)).toSorted((a, b) => a.at_ms - b.at_ms);
  const newest_ms = past.findLast((v) => (SCORED as readonly string[]).includes(v.parameter))?.at_ms;
  if (newest_ms === undefined) return {};
  const since_ms = Math.max(
    newest_ms - FACTS.assembly.window_minutes * MINUTE_MS,
    ...boundaries_ms.filter((b) => b <= newest_ms),
  );
  const window = past.filter((v) => v.at_ms >= since_ms && v.at_ms <= newest_ms);
  return paired(by_parameter(window), window);
}

function by_parameter(values: readonly Value[]): Values {
  return Object.fromEntries(values.map((v) => [v.parameter, v]));
}

/** SpO2 and oxygen of the newest instant of either; where only one stands there, that one alone. */
function paired(found: Values, window: readonly Value[]): Values {
  const { spo2, oxygen, ...rest } = found;
  if (spo2 === undefined || oxygen === undefined) return found;
  const newest_ms = Math.max(spo2.at_ms, oxygen.at_ms);
  const pair = window.filter((v) => (v.parameter === "spo2" || v.parameter === "oxygen") && v.at_ms === newest_ms);
  return { ...rest, ...by_parameter(pair) };
}

/** V4: points of one value; null where it scores nothing (pain, diastolic) or is no value. */
export function sub_score(value: Value, scale: number, on_oxygen: boolean | null): number | null {
  if (is_too_ill(value)) return 3;
  if (!counts(value)) return null;
  if (value.parameter === "oxygen") return value.code === "air" ? 0 : FACTS.news2.oxygen;
  if (value.parameter === "consciousness") {
    return FACTS.news2.consciousness[value.code as keyof typeof FACTS.news2.consciousness];
  }
  const bands = bands_of(value.parameter, scale, on_oxygen);
  return bands === undefined || value.value === null ? null : banded(bands, value.value);
}

/** V4: the bands that score a parameter; undefined where none do. Scale 2 without knowing the supply is judged on air. */
export function bands_of(parameter: string, scale: number, on_oxygen: boolean | null): Bands | undefined {
  const bands = FACTS.news2.bands as unknown as { readonly [name: string]: Bands };
  if (parameter !== "spo2") return bands[parameter];
  if (scale === 1) return bands.spo2_scale_1;
  return bands[on_oxygen ? "spo2_scale_2_on_oxygen" : "spo2_scale_2_on_air"];
}

function banded(bands: Bands, value: number): number {
  for (const [low, high, points] of bands) {
    if ((low === null || value >= low) && (high === null || value <= high)) return points;
  }
  throw new Error(`no band for ${value}`);
}

/** V5: the score of assembled values; null where none of them is one that is scored; see rules/scoring.py. */
export function early_warning_score(found: Values, scale: 1 | 2, person: Person): Result | null {
  const times = SCORED.flatMap((p) => found[p]?.at_ms ?? []);
  if (times.length === 0) return null;
  const subject = subject_at(person, Math.max(...times));
  const [chart, invalid] = chart_for(subject);
  const points = chart === null ? {} : points_of(found, scale);
  const missing = full_set(subject).filter((p) => found[p] === undefined);
  const red = chart === null ? red_limits(found, subject) : SCORED.filter((p) => points[p] === 3);
  const too_ill = SCORED.filter((p) => found[p] !== undefined && is_too_ill(found[p]));
  const total = chart === null ? null : Object.values(points).reduce((sum, p) => sum + p, 0);
  return {
    chart,
    invalid,
    scale,
    total,
    lower_bound: chart !== null && missing.length > 0,
    missing,
    red,
    too_ill,
    band: band_of(total, red, too_ill),
    points,
    oldest_ms: Math.min(...times),
    newest_ms: Math.max(...times),
  };
}

function points_of(found: Values, scale: number): { [parameter: string]: number } {
  const on_oxygen = found.oxygen === undefined ? null : found.oxygen.code !== "air";
  const points: { [parameter: string]: number } = {};
  for (const parameter of SCORED) {
    const value = found[parameter];
    const got = value === undefined ? null : sub_score(value, scale, on_oxygen);
    if (got !== null) points[parameter] = got;
  }
  return points;
}

/** V6: the response band; too ill to be measured is the emergency band whatever the sum. */
export function band_of(total: number | null, red: readonly string[], too_ill: readonly string[]): Band | null {
  if (too_ill.length > 0) return "high";
  if (total === null) return null;
  if (total >= FACTS.news2.thresholds.high) return "high";
  if (total >= FACTS.news2.thresholds.medium) return "medium";
  if (red.length > 0) return "red_single";
  return total > 0 ? "low" : "zero";
}

/** V8: a lower bound never shows a lower band than the last complete score did. */
export function shown_band(band: Band | null, lower_bound: boolean, last_complete_band: Band | null): Band | null {
  if (band === null || !lower_bound || last_complete_band === null) return band;
  return BAND_ORDER.indexOf(last_complete_band) > BAND_ORDER.indexOf(band) ? last_complete_band : band;
}

/** V8: the band by which the next set is due, calls are made and lists are sorted; see rules/scoring.py. */
export function acting_band(
  result: Pick<Result, "band" | "lower_bound" | "red">,
  last_complete_band: Band | null,
): Band | null {
  const shown = shown_band(result.band, result.lower_bound, last_complete_band);
  return shown === null && result.red.length > 0 ? "red_single" : shown;
}

/** V3: whether the score says that it was put together over more than 10 minutes. */
export function span_said(result: Pick<Result, "newest_ms" | "oldest_ms">): boolean {
  return result.newest_ms - result.oldest_ms > FACTS.assembly.say_span_over_minutes * MINUTE_MS;
}

/** V4, V7: the bands a screen draws under a number; red limits where no score is valid. */
export function ruler(parameter: string, scale: number, on_oxygen: boolean | null, subject: Subject): Bands {
  if (chart_for(subject)[0] === null) return red_span(parameter, subject);
  return bands_of(parameter, scale, on_oxygen) ?? [];
}
