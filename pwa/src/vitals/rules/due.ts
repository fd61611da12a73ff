// V9 and V10 of docs/rules/vitals.md: when the next set is due, and what calls someone. Twin of rules/due.py.
import { FACTS } from "../../generated/vitals_facts.ts";
import { type Band, MINUTE_MS } from "./scoring.ts";

/** V9: minutes between sets: the sooner of the acting band's and the care level's. */
export function interval_minutes(band: Band | null, care_level: number, monitor: boolean): number {
  const intervals = FACTS.news2.interval_minutes;
  let minutes: number = FACTS.unscored_interval_minutes.none;
  if (band === "high") minutes = monitor ? intervals.high_with_monitor : intervals.high;
  else if (band !== null) minutes = intervals[band];
  return Math.min(minutes, FACTS.care_level_interval_minutes[String(care_level) as "1" | "2" | "3"]);
}

/** V9: when the next set is due, from the oldest value; `limits` is [care level, monitor attached]; see rules/due.py. */
export function next_due_ms(
  band: Band | null,
  oldest_ms: number,
  full: boolean,
  before_ms: number | null,
  limits: readonly [number, boolean],
): number {
  const due = oldest_ms + interval_minutes(band, limits[0], limits[1]) * MINUTE_MS;
  return full || before_ms === null ? due : Math.min(due, before_ms);
}

/** V10: why this score calls someone: its acting band, or its rise since the last complete score. */
export function escalation_reasons(band: Band | null, total: number | null, previous_total: number | null): string[] {
  const reasons: string[] = band === "red_single" || band === "medium" || band === "high" ? [band] : [];
  const rise = total !== null && previous_total !== null ? total - previous_total : 0;
  const needed = FACTS.rise;
  if (rise >= needed.anywhere || (rise >= needed.into_or_within_a_calling_band && reasons.length > 0))
    reasons.push("rise");
  return reasons;
}
