// What the set being typed would come to: the preview of the very command that would be recorded.
import type { CommandOf, Preview, RowOf, Rows } from "../core/wire.ts";
import { type Entry, readings } from "./entry.ts";
import { acting_band, type Band, escalation_reasons } from "./rules.ts";

export type Score = NonNullable<RowOf<"observation_set">["score"]>;
type Record = CommandOf<"record_vitals">;

const NOBODY = "00000000-0000-7000-8000-000000000000";

/** The score this set would have if recorded now; null where nothing in it is scored. */
export function live_score(
  preview: Preview<Record> | undefined,
  rows: Rows,
  stay_id: string,
  entry: Entry,
  at: { taken: string; now: string },
): Score | null {
  const typed = readings(entry, at.taken);
  if (typed.length === 0 || preview === undefined) return null;
  const command = {
    kind: "record_vitals",
    v: 1,
    id: NOBODY,
    device: NOBODY,
    session: NOBODY,
    counter: null,
    recorded_at: at.now,
    clock: null,
    seen: [],
    told: [],
    app: "",
    rules: "",
    stay_id,
    readings: typed,
    identification: { method: "none", code: null },
    late_reason: "",
  } as unknown as Record;
  const set = preview(command, rows, at.now, NOBODY).find(
    (row) => row.type === "observation_set" && row.key === NOBODY,
  );
  return set?.type === "observation_set" ? set.score : null;
}

/** The band that acts: never lower than the last complete one while a value is missing. */
export function acting(score: Score | null, state: RowOf<"vitals_state"> | undefined): Band | null {
  return score === null ? null : acting_band(score, state?.last_complete?.band ?? null);
}

/** Why this set calls for somebody; empty where it does not. */
export function calls_for(score: Score | null, state: RowOf<"vitals_state"> | undefined): string[] {
  if (score === null) return [];
  return escalation_reasons(acting(score, state), score.total, state?.last_complete?.total ?? null);
}
