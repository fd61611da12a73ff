// A small ward as rows, for tests of what screens show.
import type { Row, RowOf, Rows, RowType } from "../../src/core/wire.ts";

export type Told = {
  label: string;
  room?: string;
  name?: [string, string, string];
  birth_date?: string | null;
  birth_year?: number;
  due_min?: number;
  admitted_min?: number;
  band?: string;
  total?: number;
  discharged?: boolean;
  patient?: object;
};
type Empty = { label: string; room?: string; extra?: boolean };

const row = (type: string, key: string, fields: object) =>
  ({ type, key, stay_id: null, command_id: null, keep_until: null, ...fields }) as unknown as Row;

/** A score as a row carries it. */
export function score(total: number | null, band: string, more: object = {}): object {
  const at = "2026-11-23T23:06:00Z";
  return {
    chart: total === null ? null : "news2",
    invalid: null,
    scale: 1,
    total,
    lower_bound: false,
    missing: [],
    red: [],
    too_ill: [],
    band,
    points: {},
    oldest_at: at,
    newest_at: at,
    ...more,
  };
}

/** Rows as a screen reads them. */
export function rows_of(rows: readonly Row[]): Rows {
  return {
    rows: <T extends RowType>(type: T) => rows.filter((one) => one.type === type) as RowOf<T>[],
    row: <T extends RowType>(type: T, key: string) =>
      rows.find((one) => one.type === type && one.key === key) as RowOf<T> | undefined,
    of_stay: <T extends RowType>(type: T, stay_id: string) =>
      rows.filter((one) => one.type === type && one.stay_id === stay_id) as RowOf<T>[],
  };
}

function of_person(now_ms: number, told: Told): Row[] {
  const { label } = told;
  const [family_name, middle_name, given_name] = told.name ?? ["Trần", "Văn", `Người${label}`];
  const at = (minutes: number) => new Date(now_ms + minutes * 60_000).toISOString();
  const stay_id = `stay-${label}`;
  const position = row("position", `pos-${label}`, {
    ward_id: "noi",
    room: told.room ?? "301",
    bed: label,
    label,
    extra: false,
    code: "",
  });
  const patient = row("patient", `patient-${label}`, {
    patient_code: `26-0000${label}`,
    family_name,
    middle_name,
    given_name,
    birth_date: told.birth_date ?? null,
    birth_year: told.birth_year ?? (told.birth_date ? null : 1950),
    age_months: null,
    age_months_at: null,
    sex: "female",
    unknown_person: false,
    identifiers: [],
    pregnancy: "no",
    delivered_on: null,
    allergy_state: "none_known",
    allergy_asked: "",
    allergy_asked_at: null,
    allergies: [],
    weights: [],
    ...told.patient,
  });
  const stay = row("stay", stay_id, {
    stay_id,
    patient_id: patient.key,
    ward_id: "noi",
    position_id: position.key,
    reason: "Sốt",
    care_level: 2,
    admitted_at: at(told.admitted_min ?? -6000),
    discharged_at: told.discharged ? at(-60) : null,
    discharge_way: null,
  });
  const state = row("vitals_state", stay_id, {
    stay_id,
    spo2_scale: 1,
    monitor_attached: false,
    score: score(told.total ?? 0, told.band ?? "zero"),
    previous_total: null,
    last_complete: null,
    next_due_at: at(told.due_min ?? 0),
    latest_at: null,
  });
  return told.due_min === undefined ? [position, patient, stay] : [position, patient, stay, state];
}

/** One ward, `noi`, with these people in its places and these places empty. */
export function ward(now_ms: number, people: readonly Told[], empty: readonly Empty[] = []): Rows {
  const free = empty.map(({ label, room = "301", extra = false }) =>
    row("position", `pos-${label}`, { ward_id: "noi", room, bed: label, label, extra, code: "" }),
  );
  return rows_of([...people.flatMap((told) => of_person(now_ms, told)), ...free]);
}
