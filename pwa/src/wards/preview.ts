// The rows an act on a stay will bring, shown grey until they come: admission, move, discharge, care level, reason.
import type { CommandOf, Row, RowOf, Rows } from "../core/wire.ts";
import { birth_year_of } from "../patients/preview.ts";

type StayRow = RowOf<"stay">;
const KEPT_MS = 72 * 3_600_000;

function acted_at(at: string, clock: { offset_ms: number } | null | undefined, now: string): string {
  return new Date(Math.min(Date.parse(at) + (clock?.offset_ms ?? 0), Date.parse(now))).toISOString();
}

function occupied(rows: Rows, position_id: string): boolean {
  return rows.rows("stay").some((stay) => stay.position_id === position_id && stay.discharged_at === null);
}

/** A patient and a stay; the patient's code comes from the server. */
export function preview_admit_patient(command: CommandOf<"admit_patient">, rows: Rows, now: string): Row[] {
  if (occupied(rows, command.position_id) || rows.row("stay", command.stay_id) !== undefined) return [];
  const common = { command_id: command.id, keep_until: null };
  const stay = {
    ...common,
    type: "stay" as const,
    key: command.stay_id,
    stay_id: command.stay_id,
    patient_id: command.patient_id,
    ward_id: command.ward_id,
    position_id: command.position_id,
    reason: command.reason,
    care_level: command.care_level ?? 3,
    admitted_at: acted_at(command.admitted_at, command.clock, now),
    moved_at: null,
    discharged_at: null,
    discharge_way: null,
  } as unknown as StayRow;
  const { patient } = command;
  if (patient === null || patient === undefined)
    return rows.row("patient", command.patient_id) === undefined ? [] : [stay];
  return [stay, admitted_person(command.patient_id, patient, common)];
}

type Details = NonNullable<CommandOf<"admit_patient">["patient"]>;

function admitted_person(key: string, patient: Details, common: { command_id: string; keep_until: null }): Row {
  return {
    ...common,
    type: "patient",
    key,
    stay_id: null,
    patient_code: "",
    family_name: patient.family_name ?? "",
    middle_name: patient.middle_name ?? "",
    given_name: patient.given_name,
    birth_date: patient.birth_date ?? null,
    birth_year: birth_year_of(patient),
    age_months: patient.age_months ?? null,
    age_months_at: patient.age_months_at ?? null,
    sex: patient.sex,
    unknown_person: patient.unknown_person ?? false,
    identifiers: patient.identifiers ?? [],
    pregnancy: patient.pregnancy ?? "not_asked",
    delivered_on: null,
    allergy_state: "not_asked",
    allergy_asked: "",
    allergy_asked_at: null,
    allergies: [],
    weights: [],
  };
}

/** Within the ward the new place; into another ward the stay leaves this list once the server says so. */
export function preview_move_stay(command: CommandOf<"move_stay">, rows: Rows): Row[] {
  const stay = rows.row("stay", command.stay_id);
  if (stay === undefined || stay.discharged_at !== null || stay.ward_id !== command.ward_id) return [];
  if (occupied(rows, command.position_id)) return [];
  return [{ ...stay, command_id: command.id, position_id: command.position_id }];
}

export function preview_discharge_stay(command: CommandOf<"discharge_stay">, rows: Rows, now: string): Row[] {
  const stay = rows.row("stay", command.stay_id);
  if (stay === undefined || stay.discharged_at !== null) return [];
  const discharged_at = acted_at(command.discharged_at, command.clock, now);
  const keep_until = new Date(Date.parse(discharged_at) + KEPT_MS).toISOString();
  return [
    { ...stay, command_id: command.id, keep_until, position_id: null, discharged_at, discharge_way: command.way },
  ];
}

export function preview_set_care_level(command: CommandOf<"set_care_level">, rows: Rows): Row[] {
  const stay = rows.row("stay", command.stay_id);
  return stay === undefined || stay.discharged_at !== null
    ? []
    : [{ ...stay, command_id: command.id, care_level: command.care_level }];
}

export function preview_change_reason(command: CommandOf<"change_reason">, rows: Rows): Row[] {
  const stay = rows.row("stay", command.stay_id);
  return stay === undefined || stay.discharged_at !== null
    ? []
    : [{ ...stay, command_id: command.id, reason: command.reason }];
}
