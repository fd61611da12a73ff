// What one person charted in the last 12 hours, newest first, with what was found about each act.
import type { RowOf, Rows } from "../core/wire.ts";
import type { ObservationSet } from "./lanes.ts";

export type Charted = { set: ObservationSet; findings: RowOf<"finding">[] };
const SHIFT_MS = 12 * 3_600_000;

/** What the chart itself is marked with: findings of this act that are more than a note. */
export function found_about(findings: readonly RowOf<"finding">[], command_id: string): RowOf<"finding">[] {
  return findings.filter((one) => one.command_id === command_id && one.severity !== "note");
}

export function charted_by(rows: Rows, staff_id: string, now_ms: number): Charted[] {
  const findings = new Map<string, RowOf<"finding">[]>();
  for (const finding of rows.rows("finding")) {
    const of_act = finding.command_id ?? "";
    findings.set(of_act, [...(findings.get(of_act) ?? []), finding]);
  }
  return rows
    .rows("observation_set")
    .filter((set) => set.author_id === staff_id && now_ms - Date.parse(set.recorded_at) <= SHIFT_MS)
    .toSorted((a, b) => Date.parse(b.recorded_at) - Date.parse(a.recorded_at))
    .map((set) => ({ set, findings: findings.get(set.key) ?? [] }));
}
