// The rules of vital signs, twin of backend/vitals/rules.py; V1 to V10 of docs/rules/vitals.md.
import { FACTS } from "../generated/vitals_facts.ts";

export const MINUTE_MS = 60_000;
export const SCORED = ["respiration_rate", "spo2", "oxygen", "systolic_bp", "pulse", "consciousness", "temperature"] as const;
export const BAND_ORDER = ["zero", "low", "red_single", "medium", "high"] as const;
const RED_LIMIT_PARAMETERS = ["respiration_rate", "spo2", "systolic_bp", "pulse", "temperature"] as const;

export type Value = {
  parameter: string;
  state: string;
  value: number | null;
  code: string | null;
  reason: string | null;
  at_ms: number;
};
export type Values = { [parameter: string]: Value };
export type Result = {
  chart: string | null;
  invalid: string | null;
  scale: number;
  total: number | null;
  lower_bound: boolean;
  missing: string[];
  red: string[];
  too_ill: string[];
  band: string | null;
  points: { [parameter: string]: number };
  oldest_ms: number;
  newest_ms: number;
};
type Bands = readonly (readonly [number | null, number | null, number])[];
type Limits = { readonly impossible: readonly [number, number]; readonly rare: readonly [number, number] };
type RedTable = {
  readonly low: { readonly [parameter: string]: number };
  readonly high: { readonly [parameter: string]: number };
};

/** V1: `impossible` is refused, `rare` is asked about once for the whole set, all else is `ok`. */
export function entry_check(parameter: string, value: number): "ok" | "rare" | "impossible" {
  const table = FACTS.entry as unknown as { [parameter: string]: Limits };
  const limits = table[parameter === "oxygen" ? "oxygen_flow_tenths" : parameter];
  if (limits === undefined) return "ok";
  if (value < limits.impossible[0] || value > limits.impossible[1]) return "impossible";
  return value < limits.rare[0] || value > limits.rare[1] ? "rare" : "ok";
}

/** V2: [chart, why none]. NEWS2 from 16 years, not in pregnancy nor within 42 days after birth. */
export function chart_for(age_months: number | null, pregnancy: string): [string | null, string | null] {
  if (pregnancy === "yes" || pregnancy === "postpartum") return [null, "pregnancy"];
  if (age_months === null) return [null, "age_unknown"];
  if (age_months < FACTS.news2.minimum_age_months) return [null, "age"];
  return ["news2", null];
}

/** V3: the newest value of each parameter, at most 30 minutes back; never over a boundary; SpO2 and oxygen one pair. */
export function assembled(values: readonly Value[], as_of_ms: number, boundaries_ms: readonly number[]): Values {
  const past = values
    .filter((v) => v.at_ms <= as_of_ms && v.state !== "not_taken")
    .toSorted((a, b) => a.at_ms - b.at_ms);
  const newest = past.at(-1);
  if (newest === undefined) return {};
  const since_ms = Math.max(
    newest.at_ms - FACTS.assembly.window_minutes * MINUTE_MS,
    ...boundaries_ms.filter((b) => b <= newest.at_ms),
  );
  const window = past.filter((v) => v.at_ms >= since_ms);
  const found: Values = {};
  for (const value of window) found[value.parameter] = value;
  return paired(found, window);
}

function paired(found: Values, window: Value[]): Values {
  const { spo2, oxygen } = found;
  if (spo2 === undefined || oxygen === undefined) return found;
  const newest_ms = Math.max(spo2.at_ms, oxygen.at_ms);
  const at = (name: string) => window.findLast((v) => v.parameter === name && v.at_ms === newest_ms);
  const [saturation, supply] = [at("spo2"), at("oxygen")];
  if (saturation !== undefined && supply !== undefined) return { ...found, spo2: saturation, oxygen: supply };
  const alone = spo2.at_ms === newest_ms ? "oxygen" : "spo2";
  const { [alone]: _, ...rest } = found;
  return rest;
}

/** V4: points of one value; null where it scores nothing (pain, diastolic). */
export function sub_score(value: Value, scale: number, on_oxygen: boolean | null): number | null {
  if (value.state === "not_measurable") {
    return value.reason === "too_ill" && (SCORED as readonly string[]).includes(value.parameter) ? 3 : null;
  }
  if (value.parameter === "oxygen") return value.code === "air" ? 0 : FACTS.news2.oxygen;
  if (value.parameter === "consciousness") {
    return FACTS.news2.consciousness[value.code as keyof typeof FACTS.news2.consciousness];
  }
  if (value.value === null) return null;
  const bands = bands_of(value.parameter, scale, on_oxygen);
  return bands === undefined ? null : banded(bands, value.value);
}

/** The bands that score a parameter, for a ruler or a chart; undefined where none do. */
export function bands_of(parameter: string, scale: number, on_oxygen: boolean | null): Bands | undefined {
  const bands = FACTS.news2.bands as unknown as { [name: string]: Bands };
  if (parameter !== "spo2") return bands[parameter];
  if (scale === 1) return bands["spo2_scale_1"];
  return bands[on_oxygen ? "spo2_scale_2_on_oxygen" : "spo2_scale_2_on_air"];
}

function banded(bands: Bands, value: number): number {
  for (const [low, high, points] of bands) {
    if ((low === null || value >= low) && (high === null || value <= high)) return points;
  }
  throw new Error(`no band for ${value}`);
}

/** V5: the score of assembled values. A missing value makes it a lower bound; too ill to measure is 3 and high. */
export function early_warning_score(found: Values, scale: number, age_months: number | null, pregnancy: string): Result {
  const [chart, invalid] = chart_for(age_months, pregnancy);
  const times = Object.values(found).map((v) => v.at_ms);
  const too_ill = Object.values(found)
    .filter((v) => v.state === "not_measurable" && v.reason === "too_ill")
    .map((v) => v.parameter)
    .toSorted();
  const on_oxygen = found["oxygen"] === undefined ? null : found["oxygen"].code !== "air";
  const points: { [parameter: string]: number } = {};
  for (const parameter of SCORED) {
    const value = found[parameter];
    const got = chart !== null && value !== undefined ? sub_score(value, scale, on_oxygen) : null;
    if (got !== null) points[parameter] = got;
  }
  const missing = chart === null ? [] : SCORED.filter((p) => points[p] === undefined);
  const red = chart === null ? red_limits(found, age_months, pregnancy) : SCORED.filter((p) => points[p] === 3);
  const total = chart === null ? null : Object.values(points).reduce((sum, p) => sum + p, 0);
  return {
    chart,
    invalid,
    scale,
    total,
    lower_bound: missing.length > 0,
    missing,
    red,
    too_ill,
    band: band_of(total, red, too_ill),
    points,
    oldest_ms: times.length ? Math.min(...times) : 0,
    newest_ms: times.length ? Math.max(...times) : 0,
  };
}

/** V6: the response band; too ill to be measured is the emergency band whatever the sum. */
function band_of(total: number | null, red: readonly string[], too_ill: readonly string[]): string | null {
  if (too_ill.length) return "high";
  if (total === null) return null;
  if (total >= 7) return "high";
  if (total >= 5) return "medium";
  if (red.length) return "red_single";
  return total > 0 ? "low" : "zero";
}

/** V7: single values beyond their red limit, where no score is valid. Consciousness below A is red always. */
export function red_limits(found: Values, age_months: number | null, pregnancy: string): string[] {
  const tables = FACTS.red_limits as unknown as { [name: string]: RedTable };
  const table = tables[red_table(age_months, pregnancy)] as RedTable;
  const red: string[] = [];
  for (const parameter of RED_LIMIT_PARAMETERS) {
    const value = found[parameter];
    if (value === undefined || value.value === null || value.state !== "measured") continue;
    const [low, high] = [table.low[parameter], table.high[parameter]];
    if ((low !== undefined && value.value <= low) || (high !== undefined && value.value >= high)) red.push(parameter);
  }
  if (["C", "V", "P", "U"].includes(found["consciousness"]?.code ?? "")) red.push("consciousness");
  return [...red, ...SCORED.filter((p) => found[p]?.reason === "too_ill" && !red.includes(p))];
}

function red_table(age_months: number | null, pregnancy: string): keyof typeof FACTS.red_limits {
  if (pregnancy === "yes" || pregnancy === "postpartum") return "maternity";
  if (age_months === null || age_months >= FACTS.red_limits.adult.from_months) return "adult";
  for (const name of ["child_13y", "child_5y", "child_1y"] as const) {
    if (age_months >= FACTS.red_limits[name].from_months) return name;
  }
  return "infant";
}

/** V8: a lower bound never shows a lower band than the last complete score did. */
export function shown_band(band: string | null, lower_bound: boolean, last_complete_band: string | null): string | null {
  if (band === null || !lower_bound || last_complete_band === null) return band;
  const order = BAND_ORDER as readonly string[];
  return order.indexOf(last_complete_band) > order.indexOf(band) ? last_complete_band : band;
}

/** V9: when the next set is due; see rules.py. `limits` is [care level, monitor attached]. */
export function next_due_ms(
  band: string | null,
  measured_ms: readonly [number, number],
  full: boolean,
  before_ms: number | null,
  limits: readonly [number, boolean],
): number {
  const [care_level, monitor] = limits;
  const intervals = FACTS.news2.interval_minutes;
  let minutes: number = FACTS.unscored_interval_minutes;
  if (band === "high") minutes = monitor ? intervals.high_with_monitor : intervals.high;
  else if (band !== null) minutes = intervals[band as keyof typeof intervals];
  const by_care = FACTS.care_level_interval_minutes[String(care_level) as "1" | "2" | "3"];
  const due = measured_ms[0] + Math.min(minutes, by_care) * MINUTE_MS;
  return full || before_ms === null ? due : Math.min(due, before_ms);
}

/** V10: why this score calls someone: its band, or its rise. */
export function escalation_reasons(band: string | null, total: number | null, previous_total: number | null): string[] {
  const reasons = band === "red_single" || band === "medium" || band === "high" ? [band as string] : [];
  const rise = total !== null && previous_total !== null ? total - previous_total : 0;
  if (rise >= 3 || (rise >= 2 && reasons.length > 0)) reasons.push("rise");
  return reasons;
}
