// The rows an act on a patient will bring, shown grey until they come: identity, allergies, weight, bands.
import type { Command, CommandOf, Row, RowOf, Rows } from "../core/wire.ts";
import { today } from "./ages.ts";
import { allergy_weakened, band_worn } from "./rules.ts";

type PatientRow = RowOf<"patient">;
type Act = Extract<Command, { stay_id: string }>;
const WEIGHTS_KEPT = 10;

function patient_of(rows: Rows, stay_id: string): PatientRow | undefined {
  const stay = rows.row("stay", stay_id);
  return stay === undefined ? undefined : rows.row("patient", stay.patient_id);
}

function changed(rows: Rows, command: Act, change: (patient: PatientRow) => Partial<PatientRow>): Row[] {
  const patient = patient_of(rows, command.stay_id);
  return patient === undefined ? [] : [{ ...patient, command_id: command.id, ...change(patient) }];
}

/** When it was done by the server's clock, never after now. */
function acted_at(at: string, clock: { offset_ms: number } | null | undefined, now: string): string {
  return new Date(Math.min(Date.parse(at) + (clock?.offset_ms ?? 0), Date.parse(now))).toISOString();
}

/** The year that is stored: of the birth date where one is known. */
export function birth_year_of(patient: { birth_date?: string | null; birth_year?: number | null }): number | null {
  return patient.birth_date ? Number(patient.birth_date.slice(0, 4)) : (patient.birth_year ?? null);
}

export function preview_change_patient(command: CommandOf<"change_patient">, rows: Rows): Row[] {
  const { patient } = command;
  return changed(rows, command, (before) => ({
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
    pregnancy:
      patient.pregnancy === undefined || patient.pregnancy === "not_asked" ? before.pregnancy : patient.pregnancy,
  }));
}

/** A new report stands unless it is milder than the one before and no physician says so. */
export function preview_record_allergy(
  command: CommandOf<"record_allergy">,
  rows: Rows,
  now: string,
  author_id: string,
): Row[] {
  const author = rows.row("staff", author_id);
  return changed(rows, command, (before) => {
    const standing = before.allergies.find((one) => one.allergy_id === command.allergy_id);
    if (standing !== undefined && author?.role !== "physician" && allergy_weakened(said(standing), said(command)))
      return {};
    const allergy = {
      allergy_id: command.allergy_id,
      substance: command.substance,
      code: command.code ?? null,
      reaction: command.reaction ?? "",
      severity: command.severity ?? "unknown",
      certainty: command.certainty ?? "suspected",
      source: command.source ?? "patient",
      recorded_at: acted_at(command.recorded_at, command.clock, now),
      recorded_by:
        author === undefined
          ? ""
          : [author.family_name, author.middle_name, author.given_name].filter(Boolean).join(" "),
    };
    const others = before.allergies.filter((one) => one.allergy_id !== command.allergy_id);
    return { allergies: [...others, allergy], allergy_state: "known", allergy_asked: "", allergy_asked_at: null };
  });
}

function said(report: { severity?: string; certainty?: string }): [string, string] {
  return [report.severity ?? "unknown", report.certainty ?? "suspected"];
}

/** An answer stands only while no allergy does. */
export function preview_record_allergy_state(
  command: CommandOf<"record_allergy_state">,
  rows: Rows,
  now: string,
): Row[] {
  return changed(rows, command, (before) =>
    before.allergies.length > 0
      ? {}
      : {
          allergy_state: command.state,
          allergy_asked: command.asked ?? "",
          allergy_asked_at: acted_at(command.recorded_at, command.clock, now),
        },
  );
}

export function preview_withdraw_allergy(command: CommandOf<"withdraw_allergy">, rows: Rows): Row[] {
  return changed(rows, command, (before) => {
    const allergies = before.allergies.filter((one) => one.allergy_id !== command.allergy_id);
    return allergies.length > 0 ? { allergies } : { allergies, allergy_state: "not_asked" };
  });
}

export function preview_record_weight(command: CommandOf<"record_weight">, rows: Rows, now: string): Row[] {
  const weight = {
    weight_g: command.weight_g,
    source: command.source,
    weighed_at: acted_at(command.weighed_at, command.clock, now),
  };
  return changed(rows, command, (before) => ({
    weights: [weight, ...before.weights]
      .toSorted((a, b) => Date.parse(b.weighed_at) - Date.parse(a.weighed_at))
      .slice(0, WEIGHTS_KEPT),
  }));
}

export function preview_record_pregnancy(command: CommandOf<"record_pregnancy">, rows: Rows): Row[] {
  return changed(rows, command, () => ({ pregnancy: command.pregnancy, delivered_on: command.delivered_on ?? null }));
}

export function preview_answer_age(command: CommandOf<"answer_age">, rows: Rows, now: string): Row[] {
  const at = acted_at(command.recorded_at, command.clock, now);
  return changed(rows, command, () => ({ age_months: command.age_months, age_months_at: today(Date.parse(at)) }));
}

/** A printed band goes live and the older ones are superseded; a void band and an older print stay what they are. */
export function preview_wear_wristband(command: CommandOf<"wear_wristband">, rows: Rows): Row[] {
  const bands = rows.of_stay("wristband", command.stay_id);
  const band = bands.find((one) => one.key === command.code);
  if (band === undefined || band.state !== "printed") return [];
  const newer = bands.some((one) => one.state === "live" && one.print_number > band.print_number);
  const now_is = { ...band, command_id: command.id, state: band_worn(band.state, newer) as typeof band.state };
  const older = bands.filter(
    (one) => !newer && one.print_number < band.print_number && ["live", "printed"].includes(one.state),
  );
  return [now_is, ...older.map((one) => ({ ...one, command_id: command.id, state: "superseded" as const }))];
}

export function preview_void_wristband(command: CommandOf<"void_wristband">, rows: Rows): Row[] {
  const band = rows.row("wristband", command.code);
  return band === undefined || band.stay_id !== command.stay_id
    ? []
    : [{ ...band, command_id: command.id, state: "void" }];
}
