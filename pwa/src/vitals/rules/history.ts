// V11, V12 and V15 of docs/rules/vitals.md: which entries stand, and where a stay stands after all of them.
// Twin of rules/history.py.
import { FACTS } from "../../generated/vitals_facts.ts";
import type { Person } from "./charts.ts";
import { escalation_reasons, next_due_ms } from "./due.ts";
import { counts, SCORED, type Value } from "./entry.ts";
import { acting_band, assembled, early_warning_score, MINUTE_MS, oxygen_starts, type Result } from "./scoring.ts";

/** One observation set as the rules see it; `scale` is the SpO2 scale it was scored under. */
export type Entry = {
  id: string;
  received_ms: number;
  corrects: string | null;
  disputed: boolean;
  scale: 1 | 2;
  values: readonly Value[];
};
/** What is known of the stay beside its sets. */
export type Circumstances = {
  person: Person;
  care_level: number;
  monitor: boolean;
  ended: boolean;
  moved_ms: number | null;
};
/** What older sets than those at hand left behind. */
export type Carried = { last_complete: Result | null; due_ms: number | null };
/** Where a stay stands; `previous_total` is that of the last complete score before this one. */
export type Standing = {
  score: Result | null;
  previous_total: number | null;
  last_complete: Result | null;
  due_ms: number | null;
  latest_ms: number | null;
};

/** V11: the entries that count, in the order received; see rules/history.py. */
export function standing_entries(entries: readonly Entry[]): Entry[] {
  const replaced = new Set(effective_corrections(entries).map((correction) => correction.corrects));
  return entries
    .filter((e) => !replaced.has(e.id) && !e.disputed && e.values.length > 0)
    .toSorted((a, b) => a.received_ms - b.received_ms || (a.id < b.id ? -1 : 1));
}

/** V11: the corrections that hold: neither disputed nor taken back. */
export function effective_corrections(entries: readonly Entry[]): Entry[] {
  const taken_back = new Set(
    entries.filter((e) => e.corrects !== null && !e.disputed && e.values.length === 0).map((e) => e.corrects),
  );
  return entries.filter((e) => e.corrects !== null && !e.disputed && !taken_back.has(e.id));
}

/** V5: the instant a set is scored as of: its newest scored value that counts; null where it has none. */
export function as_of_ms(values: readonly Value[]): number | null {
  const times = values
    .filter((v) => (SCORED as readonly string[]).includes(v.parameter) && counts(v))
    .map((v) => v.at_ms);
  return times.length > 0 ? Math.max(...times) : null;
}

/** V5: the score of one entry as of its own newest value, from what stands; null where it is not counted. */
export function score_of(entry: Entry, entries: readonly Entry[], circumstances: Circumstances): Result | null {
  const standing = standing_entries(entries);
  const at_ms = as_of_ms(entry.values);
  if (at_ms === null || !standing.some((e) => e.id === entry.id)) return null;
  return reached(standing, circumstances).result(at_ms, entry.scale);
}

/** V12: the score at each instant a standing entry reaches, oldest first. */
export function results_of(entries: readonly Entry[], circumstances: Circumstances): Result[] {
  const { instants, result } = reached(standing_entries(entries), circumstances);
  return instants.map(([at_ms, scale]) => result(at_ms, scale)).filter((found) => found !== null);
}

type Reached = {
  /** [instant, scale] of every standing entry, oldest first. */
  instants: readonly (readonly [number, 1 | 2])[];
  result: (at_ms: number, scale: 1 | 2) => Result | null;
};

/** What stands, so ordered that the score at one instant looks only at the values near it. */
function reached(standing: readonly Entry[], circumstances: Circumstances): Reached {
  const values = standing.flatMap((e) => e.values).toSorted((a, b) => a.at_ms - b.at_ms);
  const never_joined = boundaries(values, circumstances);
  const scales = new Map<number, 1 | 2>();
  for (const entry of standing) {
    const at_ms = as_of_ms(entry.values);
    if (at_ms !== null) scales.set(at_ms, entry.scale);
  }
  const result = (at_ms: number, scale: 1 | 2) => {
    const since_ms = at_ms - FACTS.assembly.window_minutes * MINUTE_MS;
    const near = values.filter((v) => v.at_ms >= since_ms && v.at_ms <= at_ms);
    return early_warning_score(assembled(near, at_ms, never_joined), scale, circumstances.person);
  };
  return { instants: [...scales].toSorted((a, b) => a[0] - b[0]), result };
}

/** The last results, back to a complete one that shares no value with any before it; see rules/history.py. */
function recent(entries: readonly Entry[], circumstances: Circumstances, floor_ms: number): Result[] {
  const { instants, result } = reached(standing_entries(entries), circumstances);
  const results: Result[] = [];
  for (const [number, [at_ms, scale]] of [...instants.entries()].reverse()) {
    const found = result(at_ms, scale);
    if (found === null) continue;
    results.unshift(found);
    const before_ms = Math.max(floor_ms, instants[number - 1]?.[0] ?? 0);
    if (results.length > 1 && is_complete(found) && found.oldest_ms > before_ms) break;
  }
  return results;
}

function boundaries(values: readonly Value[], circumstances: Circumstances): number[] {
  return [...(circumstances.moved_ms === null ? [] : [circumstances.moved_ms]), ...oxygen_starts(values)];
}

/** V12: where the stay stands: always as of its newest value, whatever order the sets arrived in. */
export function standing_of(entries: readonly Entry[], circumstances: Circumstances, carried: Carried): Standing {
  let { last_complete, due_ms } = carried;
  let full_ms = last_complete?.newest_ms ?? 0;
  let [score, previous]: [Result | null, Result | null] = [null, null];
  for (score of recent(entries, circumstances, full_ms)) {
    previous = last_complete;
    const full = score.missing.length === 0 && score.oldest_ms > full_ms;
    const band = acting_band(score, last_complete?.band ?? null);
    due_ms = next_due_ms(band, score.oldest_ms, full, due_ms, [circumstances.care_level, circumstances.monitor]);
    if (full) full_ms = score.newest_ms;
    if (is_complete(score)) last_complete = score;
  }
  return {
    score,
    previous_total: previous?.total ?? null,
    last_complete,
    due_ms: circumstances.ended ? null : due_ms,
    latest_ms: score?.newest_ms ?? null,
  };
}

/** V5: a valid score of all seven values. */
export function is_complete(score: Pick<Result, "chart" | "missing">): boolean {
  return score.chart !== null && score.missing.length === 0;
}

/** V12: the newer complete score that is lower, where a score that would have called someone arrives after it. */
export function late_score(score: Result, results: readonly Result[]): Result | null {
  const { total } = score;
  if (total === null || escalation_reasons(acting_band(score, null), total, null).length === 0) return null;
  const newer = results.filter((r) => r.newest_ms > score.newest_ms && is_complete(r));
  return newer.find((r) => r.total !== null && r.total < total) ?? null;
}

/** V15: the SpO2 scale in force then. A decision always changes it, so before `since_ms` it was the other one. */
export function scale_at(scale: 1 | 2, since_ms: number | null, at_ms: number): 1 | 2 {
  if (since_ms === null || at_ms >= since_ms) return scale;
  return scale === 1 ? 2 : 1;
}
