// The rows an act on vital signs will bring, shown grey until they come: the server's fold, run on what is known here.
import type { CommandOf, Row, RowOf, Rows } from "../core/wire.ts";
import {
  as_of_ms,
  type Carried,
  type Circumstances,
  clamped,
  type Entry,
  effective_corrections,
  FACTS,
  type Result,
  scale_at,
  score_of,
  standing_of,
  type Value,
} from "./rules.ts";

type SetRow = RowOf<"observation_set">;
type StateRow = RowOf<"vitals_state">;
type Reading = SetRow["readings"][number];
type Score = NonNullable<SetRow["score"]>;
/** A stay with its patient, its sets of 72 hours and the state they stand in. */
type Chart = { stay: RowOf<"stay">; patient: RowOf<"patient">; sets: readonly SetRow[]; state: StateRow | null };
type Act = { id: string; recorded_at: string; clock: { offset_ms: number } | null };
type Charted = Pick<
  SetRow,
  | "identification"
  | "identification_reason"
  | "confirmed_by"
  | "readings"
  | "corrects"
  | "disputed"
  | "reason"
  | "taken_at"
>;

const HOUR_MS = 3_600_000;
const KEPT_MS = FACTS.history.hours * HOUR_MS;
const MAY_CORRECT_OTHERS: readonly string[] = ["charge_nurse", "physician"];

/** A new set, and where the stay then stands. */
export function preview_record_vitals(
  command: CommandOf<"record_vitals">,
  rows: Rows,
  now: string,
  author_id: string,
): Row[] {
  const chart = chart_of(rows, command.stay_id, now);
  if (chart === null) return [];
  const readings = kept_readings(command, command.readings, now);
  const taken_ms = Math.max(...readings.map((reading) => Date.parse(reading.taken_at)));
  const { spo2_scale, spo2_scale_since } = chart.state ?? no_state(chart);
  const charted = {
    identification: command.identification.method,
    identification_reason: command.identification.reason ?? null,
    confirmed_by: (command.identification.confirmed_by ?? "").trim(),
    readings,
    corrects: null,
    disputed: false,
    reason: command.late_reason ?? "",
    taken_at: instant(taken_ms),
  };
  return charted_rows(
    chart,
    command,
    charted,
    scale_at(spo2_scale, ms(spo2_scale_since), taken_ms),
    [now, author_id],
    rows,
  );
}

/** A correction, what it corrects, and where the stay then stands. */
export function preview_correct_vitals(
  command: CommandOf<"correct_vitals">,
  rows: Rows,
  now: string,
  author_id: string,
): Row[] {
  const chart = chart_of(rows, command.stay_id, now);
  if (chart === null) return [];
  const corrected = chart.sets.find((set) => set.key === command.corrects);
  const role = rows.row("staff", author_id)?.role ?? "";
  const readings = kept_readings(command, command.readings, now);
  const newest = readings.map((reading) => Date.parse(reading.taken_at));
  const taken_at =
    newest.length > 0 ? instant(Math.max(...newest)) : (corrected?.taken_at ?? instant(acted_ms(command, now)));
  const charted = {
    identification: "correction",
    identification_reason: null,
    confirmed_by: "",
    readings,
    corrects: corrected?.key ?? null,
    disputed: corrected !== undefined && corrected.author_id !== author_id && !MAY_CORRECT_OTHERS.includes(role),
    reason: command.reason,
    taken_at,
  };
  const scale = corrected === undefined ? (chart.state?.spo2_scale ?? 1) : scale_of(corrected, chart.state);
  return charted_rows(chart, command, charted, scale, [now, author_id], rows);
}

/** The other SpO2 scale from now on; what was scored before keeps its own. */
export function preview_set_spo2_scale(command: CommandOf<"set_spo2_scale">, rows: Rows, now: string): Row[] {
  const chart = chart_of(rows, command.stay_id, now);
  const before = chart?.state?.spo2_scale ?? 1;
  if (chart === null || chart.stay.discharged_at !== null || before === command.scale) return [];
  const decided = { spo2_scale: command.scale, spo2_scale_since: instant(acted_ms(command, now)) };
  return [
    state_row({ ...chart, state: { ...(chart.state ?? no_state(chart)), ...decided } }, command.id, chart.sets, now),
  ];
}

/** A monitor attached or taken off: in the emergency band the next set moves. */
export function preview_attach_monitor(command: CommandOf<"attach_monitor">, rows: Rows, now: string): Row[] {
  const chart = chart_of(rows, command.stay_id, now);
  if (chart === null) return [];
  const state = { ...(chart.state ?? no_state(chart)), monitor_attached: command.attached };
  return [state_row({ ...chart, state }, command.id, chart.sets, now)];
}

/** Where the stay stands once its care level, its end, or the patient's age or pregnancy is another (V12). */
export function preview_judge_again(
  command: { id: string; stay_id: string },
  changed: { stay?: RowOf<"stay">; patient?: RowOf<"patient"> },
  rows: Rows,
  now: string,
): Row[] {
  const chart = chart_of(rows, command.stay_id, now);
  if (chart === null || chart.state === null) return [];
  return [state_row({ ...chart, ...changed }, command.id, chart.sets, now)];
}

function chart_of(rows: Rows, stay_id: string, now: string): Chart | null {
  const stay = rows.row("stay", stay_id);
  const patient = stay === undefined ? undefined : rows.row("patient", stay.patient_id);
  if (stay === undefined || patient === undefined) return null;
  const since_ms = Date.parse(now) - KEPT_MS;
  const sets = rows.of_stay("observation_set", stay_id).filter((set) => Date.parse(set.taken_at) > since_ms);
  return { stay, patient, sets, state: rows.row("vitals_state", stay_id) ?? null };
}

/** When it was done, by the server's clock (docs/sync.md C7). */
function acted_ms(act: Act, now: string): number {
  return Math.min(Date.parse(act.recorded_at) + (act.clock?.offset_ms ?? 0), Date.parse(now));
}

/** None of it from the future (V13). */
function kept_readings(act: Act, readings: readonly Reading[], now: string): Reading[] {
  const now_ms = acted_ms(act, now);
  return readings.map(({ parameter, state, value, code, reason, taken_at }) => ({
    parameter,
    state: state ?? "measured",
    value: value ?? null,
    code: code ?? null,
    reason: reason ?? null,
    taken_at: instant(clamped(Date.parse(taken_at), now_ms)),
  }));
}

function charted_rows(
  chart: Chart,
  command: Act & { stay_id: string },
  charted: Charted,
  scale: 1 | 2,
  [now, author_id]: [string, string],
  rows: Rows,
): Row[] {
  const staff = rows.row("staff", author_id);
  const made: SetRow = {
    type: "observation_set",
    key: command.id,
    stay_id: command.stay_id,
    command_id: command.id,
    keep_until: earlier(instant(Date.parse(charted.taken_at) + KEPT_MS), chart.stay.keep_until),
    author_id,
    author_name:
      staff === undefined ? "" : [staff.family_name, staff.middle_name, staff.given_name].filter(Boolean).join(" "),
    author_role: staff?.role ?? "",
    recorded_at: instant(acted_ms(command, now)),
    received_at: now,
    score: null,
    corrected_by: null,
    ...charted,
  };
  const sets = [...chart.sets.filter((set) => set.key !== made.key), made];
  const entries = sets.map((set) => entry_of(set, set === made ? scale : scale_of(set, chart.state)));
  const entry = entries.at(-1) as Entry;
  const score = score_of(entry, entries, circumstances_of(chart));
  const corrected = corrected_rows(chart, made, entries);
  const standing = standing_row(chart, command.id, entries, now);
  return [{ ...made, score: score === null ? null : wire_score(score) }, ...corrected, standing];
}

/** The set that is corrected, and the one that it had corrected, each with the correction that now holds. */
function corrected_rows(chart: Chart, made: SetRow, entries: readonly Entry[]): SetRow[] {
  const corrected = chart.sets.find((set) => set.key === made.corrects);
  const before = chart.sets.find((set) => set.key === corrected?.corrects);
  const holding = effective_corrections(entries).toSorted(
    (a, b) => a.received_ms - b.received_ms || (a.id < b.id ? -1 : 1),
  );
  const with_correction = (set: SetRow) => ({
    ...set,
    corrected_by: holding.findLast((correction) => correction.corrects === set.key)?.id ?? null,
  });
  return [corrected, before].filter((set) => set !== undefined).map(with_correction);
}

function state_row(chart: Chart, command_id: string, sets: readonly SetRow[], now: string): StateRow {
  const entries = sets.map((set) => entry_of(set, scale_of(set, chart.state)));
  return standing_row(chart, command_id, entries, now);
}

function standing_row(chart: Chart, command_id: string, entries: readonly Entry[], now: string): StateRow {
  const state = chart.state ?? no_state(chart);
  const standing = standing_of(entries, circumstances_of(chart), carried_by(state, now));
  return {
    ...state,
    command_id,
    keep_until: chart.stay.keep_until,
    score: standing.score === null ? null : wire_score(standing.score),
    previous_total: standing.previous_total,
    last_complete: standing.last_complete === null ? null : wire_score(standing.last_complete),
    next_due_at: standing.due_ms === null ? null : instant(standing.due_ms),
    latest_at: standing.latest_ms === null ? null : instant(standing.latest_ms),
  };
}

function no_state(chart: Chart): StateRow {
  return {
    type: "vitals_state",
    key: chart.stay.key,
    stay_id: chart.stay.key,
    command_id: null,
    keep_until: chart.stay.keep_until,
    spo2_scale: 1,
    spo2_scale_since: null,
    monitor_attached: false,
    score: null,
    previous_total: null,
    last_complete: null,
    next_due_at: null,
    latest_at: null,
  };
}

/** A last complete score from before the window stands until a newer one; within it, it is counted anew (V12). */
function carried_by(state: StateRow, now: string): Carried {
  const last = state.last_complete;
  if (last === null || Date.parse(last.newest_at) > Date.parse(now) - KEPT_MS)
    return { last_complete: null, due_ms: null };
  return { last_complete: result_of(last), due_ms: ms(state.next_due_at) };
}

function circumstances_of(chart: Chart): Circumstances {
  return {
    person: chart.patient,
    care_level: chart.stay.care_level,
    monitor: chart.state?.monitor_attached ?? false,
    ended: chart.stay.discharged_at !== null,
    moved_ms: ms(chart.stay.moved_at ?? null),
  };
}

function entry_of(set: SetRow, scale: 1 | 2): Entry {
  const { key: id, corrects, disputed } = set;
  return {
    id,
    received_ms: Date.parse(set.received_at),
    corrects,
    disputed,
    scale,
    values: set.readings.map(value_of),
  };
}

/** The scale a set was scored under; where it has no score, the one in force then. */
function scale_of(set: SetRow, state: StateRow | null): 1 | 2 {
  if (set.score !== null) return set.score.scale;
  const at_ms = as_of_ms(set.readings.map(value_of)) ?? Date.parse(set.taken_at);
  return scale_at(state?.spo2_scale ?? 1, ms(state?.spo2_scale_since ?? null), at_ms);
}

function value_of({ parameter, state, value, code, reason, taken_at }: Reading): Value {
  return { parameter, state, value, code, reason, at_ms: Date.parse(taken_at) };
}

function wire_score({ oldest_ms, newest_ms, ...told }: Result): Score {
  return { ...told, oldest_at: instant(oldest_ms), newest_at: instant(newest_ms) };
}

function result_of({ oldest_at, newest_at, ...told }: Score): Result {
  return { ...told, oldest_ms: Date.parse(oldest_at), newest_ms: Date.parse(newest_at) };
}

function earlier(a: string, b: string | null): string {
  return b !== null && Date.parse(b) < Date.parse(a) ? b : a;
}

function ms(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}

function instant(at_ms: number): string {
  return new Date(at_ms).toISOString();
}
