// What the staff form holds, and what a login looks like.
import type { Person, StaffRow } from "../core/wire.ts";
import { plain } from "../ui/names.ts";

export type Role = Person["role"];
export const ROLES: readonly Role[] = [
  "nurse",
  "midwife",
  "charge_nurse",
  "physician",
  "pharmacist",
  "student",
  "clerk",
  "administrator",
];
export type StaffForm = {
  family_name: string;
  middle_name: string;
  given_name: string;
  role: Role | null;
  wards: string[];
};

export const EMPTY: StaffForm = { family_name: "", middle_name: "", given_name: "", role: null, wards: [] };

export function form_of(person: StaffRow): StaffForm {
  const { family_name, middle_name, given_name, role, wards } = person;
  return { family_name, middle_name, given_name, role, wards: [...wards] };
}

/** Names trimmed and composed (NFC), as they are signed. */
export function tidy(form: StaffForm): StaffForm {
  const clean = (text: string) => text.normalize("NFC").trim().replace(/\s+/g, " ");
  return {
    ...form,
    family_name: clean(form.family_name),
    middle_name: clean(form.middle_name),
    given_name: clean(form.given_name),
  };
}

/** An administrator works for every ward and need not name one. */
export function complete(form: StaffForm): boolean {
  return (
    form.given_name.trim() !== "" && form.role !== null && (form.wards.length > 0 || form.role === "administrator")
  );
}

export function same(a: StaffForm, b: StaffForm): boolean {
  return JSON.stringify({ ...a, wards: a.wards.toSorted() }) === JSON.stringify({ ...b, wards: b.wards.toSorted() });
}

/** "nhung.le" for Lê Hồng Nhung: what most hospitals would type. */
export function login_for(form: StaffForm): string {
  const letters = (text: string) => plain(text).replace(/[^a-z0-9]/g, "");
  return [letters(form.given_name), letters(form.family_name)].filter(Boolean).join(".");
}
