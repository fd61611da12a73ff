// Identity as it is typed: what is missing, what it comes to, and who may be known already.
import type { Payload, RowOf, Rows } from "../core/wire.ts";
import { crosses_band, today } from "./ages.ts";
import { parsed_birth } from "./births.ts";
import { fold, full_name, split_name } from "./names.ts";

export type Details = Payload<"change_patient">["patient"];
type Sex = Details["sex"];
export type System = NonNullable<Details["identifiers"]>[number]["system"];
export type Draft = {
  name: string;
  birth: string;
  age_months: number | null;
  sex: Sex | null;
  unknown_person: boolean;
  identifiers: { system: System; value: string }[];
};
export type Missing = "name" | "birth" | "months" | "sex";

export const EMPTY: Draft = {
  name: "",
  birth: "",
  age_months: null,
  sex: null,
  unknown_person: false,
  identifiers: [],
};

type Birth = { birth_date: string | null; birth_year: number | null };
function birth_of(draft: Draft, now_ms: number): Birth | null {
  return draft.birth.trim() === "" ? null : parsed_birth(draft.birth, now_ms);
}

/** Whether a birth year alone leaves the chart open, so that the months have to be asked. */
export function months_asked(draft: Draft, now_ms: number): boolean {
  const birth = birth_of(draft, now_ms);
  if (draft.unknown_person) return birth === null;
  return birth !== null && crosses_band({ ...birth, age_months: null, age_months_at: null }, now_ms);
}

/** What still stands in the way of recording this identity. */
export function missing(draft: Draft, now_ms: number): Missing[] {
  const found: Missing[] = [];
  const birth = birth_of(draft, now_ms);
  if (fold(draft.name) === "") found.push("name");
  if (birth === null && (!draft.unknown_person || draft.birth.trim() !== "")) found.push("birth");
  if (months_asked(draft, now_ms) && draft.age_months === null) found.push("months");
  if (draft.sex === null) found.push("sex");
  return found;
}

/** The identity as a command carries it. Call it only where nothing is missing. */
export function details(draft: Draft, now_ms: number): Details {
  const birth = birth_of(draft, now_ms) ?? { birth_date: null, birth_year: null };
  const name = draft.unknown_person
    ? { family_name: "", middle_name: "", given_name: draft.name.normalize("NFC").trim() }
    : split_name(draft.name);
  return {
    ...name,
    ...birth,
    age_months: draft.age_months,
    age_months_at: draft.age_months === null ? null : today(now_ms),
    sex: draft.sex ?? "unknown",
    identifiers: draft.identifiers
      .filter(({ value }) => value.trim() !== "")
      .map(({ system, value }) => ({ system, value: value.trim() })),
    pregnancy: "not_asked",
    unknown_person: draft.unknown_person,
  };
}

/** A patient's row as a draft, for a correction. */
export function drafted(patient: RowOf<"patient">): Draft {
  const { birth_date, birth_year } = patient;
  const date = birth_date === null ? "" : birth_date.slice(0, 10).split("-").toReversed().join("/");
  return {
    name: full_name(patient),
    birth: date || (birth_year === null ? "" : String(birth_year)),
    age_months: patient.age_months,
    sex: patient.sex,
    unknown_person: patient.unknown_person,
    identifiers: patient.identifiers.map(({ system, value }) => ({ system, value })),
  };
}

/** Patients here who may be the same person: same name without accents, same number, or same birth date and family name. */
export function may_be(rows: Rows, draft: Draft, now_ms: number): RowOf<"patient">[] {
  const name = fold(draft.name);
  const birth_date = birth_of(draft, now_ms)?.birth_date ?? null;
  const family = fold(split_name(draft.name).family_name);
  const numbers = new Set(draft.identifiers.map(({ value }) => value.trim()).filter((value) => value !== ""));
  return rows.rows("patient").filter((patient) => {
    if (patient.identifiers.some(({ value }) => numbers.has(value))) return true;
    if (name !== "" && fold(full_name(patient)) === name) return true;
    return (
      birth_date !== null &&
      family !== "" &&
      patient.birth_date?.slice(0, 10) === birth_date &&
      fold(patient.family_name) === family
    );
  });
}
