// Finding a patient among the rows that are here: by name in any order, code, place, or a document's number.
import type { RowOf, Rows } from "../core/wire.ts";
import { by_given_name, fold, full_name, words_match } from "./names.ts";

export type Found = { stay: RowOf<"stay">; patient: RowOf<"patient">; position: string | null };
const SHORTEST_NUMBER = 4;

/** Stays here whose patient answers to the query; those still here first, then by given name. */
export function search(rows: Rows, query: string): Found[] {
  const asked = fold(query);
  if (asked === "") return [];
  return rows
    .rows("stay")
    .flatMap((stay): Found[] => {
      const patient = rows.row("patient", stay.patient_id);
      const place = stay.position_id === null ? undefined : rows.row("position", stay.position_id);
      if (patient === undefined || !answers(asked, patient, place?.label ?? null)) return [];
      return [{ stay, patient, position: place?.label ?? null }];
    })
    .toSorted(
      (a, b) =>
        Number(a.stay.discharged_at !== null) - Number(b.stay.discharged_at !== null) ||
        by_given_name(a.patient, b.patient),
    );
}

function answers(asked: string, patient: RowOf<"patient">, label: string | null): boolean {
  if (label !== null && fold(label) === asked) return true;
  if (words_match(asked, full_name(patient))) return true;
  const number = asked.replace(/[^a-z0-9]/g, "");
  if (number.length < SHORTEST_NUMBER) return false;
  const numbers = [patient.patient_code, ...patient.identifiers.map(({ value }) => value)];
  return numbers.some((one) =>
    fold(one)
      .replace(/[^a-z0-9]/g, "")
      .includes(number),
  );
}
