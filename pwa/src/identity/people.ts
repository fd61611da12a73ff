// Whom the lock shows: the ward's own people by given name, and everyone else by search.
import type { StaffRow } from "../core/wire.ts";
import { by_given_name, full_name, plain } from "../ui/names.ts";

/** ID6: those of the device's wards who still work here, by given name; last time's person first. */
export function of_wards(staff: readonly StaffRow[], wards: readonly string[], last: string | null): StaffRow[] {
  return staff
    .filter((person) => person.disabled_at === null && person.wards.some((ward) => wards.includes(ward)))
    .toSorted((a, b) => Number(b.key === last) - Number(a.key === last) || by_given_name(a, b));
}

/** Everyone who works here, whatever ward. */
export function working(staff: readonly StaffRow[]): StaffRow[] {
  return staff.filter((person) => person.disabled_at === null).toSorted(by_given_name);
}

/** Those whose name or login holds every word typed, accents aside, in any order. */
export function found(staff: readonly StaffRow[], typed: string): StaffRow[] {
  const words = plain(typed).split(" ");
  return staff.filter((person) => {
    const text = plain(`${full_name(person)} ${person.login}`);
    return words.every((word) => text.includes(word));
  });
}
