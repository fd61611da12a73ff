// V13, V14 and V16 of docs/rules/vitals.md: what is found about a report of vital signs. Twin of rules/report.py.
import { FACTS } from "../../generated/vitals_facts.ts";
import { reading_fault, type Value } from "./entry.ts";
import { MINUTE_MS } from "./scoring.ts";

/** One finding to be: rule, severity, and the words a screen fills in. */
export type Found = {
  rule: string;
  severity: "stop" | "warn" | "note";
  detail: { [name: string]: string | number | boolean | null };
};

/** V13: nothing is charted from the future. */
export function clamped(at_ms: number, now_ms: number): number {
  return Math.min(at_ms, now_ms);
}

/** V1: each reading that no device can show or that says nothing: recorded, and not counted. */
export function found_in_values(values: readonly Value[]): Found[] {
  return values.flatMap((v) => {
    const fault = reading_fault(v);
    const detail = { parameter: v.parameter, value: v.value, code: v.code };
    return fault === null ? [] : [{ rule: fault, severity: "stop" as const, detail }];
  });
}

/** V13: a time in the future, or a late entry without a reason. `now_ms` is when it was charted. */
export function found_in_times(stated_ms: readonly number[], now_ms: number, late_reason: string): Found[] {
  const found: Found[] = [];
  const ahead_ms = Math.max(...stated_ms) - now_ms;
  if (ahead_ms > FACTS.entry_times.future_tolerance_seconds * 1000) {
    found.push({ rule: "taken_in_future", severity: "warn", detail: { minutes: Math.ceil(ahead_ms / MINUTE_MS) } });
  }
  if (needs_late_reason(stated_ms, now_ms) && late_reason.trim() === "") {
    const minutes = Math.floor((now_ms - Math.min(...stated_ms)) / MINUTE_MS);
    found.push({ rule: "late_entry", severity: "warn", detail: { minutes } });
  }
  return found;
}

/** V13: whether the oldest of these times is so long ago that a reason is asked for. */
export function needs_late_reason(stated_ms: readonly number[], now_ms: number): boolean {
  return now_ms - Math.min(...stated_ms) > FACTS.entry_times.late_after_minutes * MINUTE_MS;
}

/** V14: how it was made sure who this is. What a scanned band is, `patients` says. */
export function found_in_identification(method: string, code: string | null): Found[] {
  if (method === "question" || method === "companion") {
    return [{ rule: "identified_by_question", severity: "note", detail: { method } }];
  }
  if (method === "none") return [{ rule: "not_identified", severity: "warn", detail: {} }];
  return code !== null ? [] : [{ rule: "band_not_scanned", severity: "warn", detail: {} }];
}

/** V16: charted after the stay ended; of a time before its end it is a note. */
export function found_after_stay(newest_ms: number, ended_ms: number | null): Found[] {
  if (ended_ms === null) return [];
  return [{ rule: "stay_ended", severity: newest_ms <= ended_ms ? "note" : "warn", detail: {} }];
}
