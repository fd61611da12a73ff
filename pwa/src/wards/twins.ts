// Who may be mistaken for whom in one ward: same name with or without accents, or same birth date and family name.
import type { RowOf } from "../core/wire.ts";
import { likeness_keys } from "../patients/rules.ts";

export type Twin = { stay_id: string; position: string | null; year: number | null };
type Person = { stay_id: string; patient: RowOf<"patient">; position: string | null };

/** For each stay that has one or more: the others, with the place and birth year that tell them apart. */
export function twins(people: readonly Person[]): Map<string, Twin[]> {
  const by_key = new Map<string, Person[]>();
  for (const person of people) {
    for (const key of likeness_keys(person.patient)) by_key.set(key, [...(by_key.get(key) ?? []), person]);
  }
  const found = new Map<string, Twin[]>();
  for (const alike of by_key.values()) {
    for (const one of alike)
      for (const other of alike) if (one.patient.key !== other.patient.key) add(found, one, other);
  }
  return found;
}

function add(found: Map<string, Twin[]>, one: Person, other: Person): void {
  const before = found.get(one.stay_id) ?? [];
  if (before.some((twin) => twin.stay_id === other.stay_id)) return;
  const year =
    other.patient.birth_date === null ? other.patient.birth_year : Number(other.patient.birth_date.slice(0, 4));
  found.set(one.stay_id, [...before, { stay_id: other.stay_id, position: other.position, year }]);
}
