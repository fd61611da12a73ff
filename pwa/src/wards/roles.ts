// Which role may do what at the bed; the server judges again. Shown so that nobody is led to a refusal.
import type { Person } from "../core/wire.ts";

export type Role = Person["role"];
const NURSING: readonly Role[] = ["nurse", "midwife", "charge_nurse"];
const BEDSIDE: readonly Role[] = [...NURSING, "physician"];
const DESK: readonly Role[] = [...BEDSIDE, "clerk"];

const RULES = {
  admit: DESK,
  move: [...NURSING, "clerk"],
  discharge: DESK,
  record_death: ["physician"],
  set_care_level: ["physician", "charge_nurse"],
  chart: BEDSIDE,
  record_allergy: [...BEDSIDE, "pharmacist"],
  withdraw_allergy: ["physician"],
  change_patient: DESK,
  print_band: DESK,
  wear_band: BEDSIDE,
  set_spo2_scale: ["physician"],
  correct_others: ["charge_nurse", "physician"],
} as const satisfies { [act: string]: readonly Role[] };
export type Act = keyof typeof RULES;

/** Whether this role is offered this act. */
export function may(role: Role | undefined, act: Act): boolean {
  return role !== undefined && (RULES[act] as readonly Role[]).includes(role);
}
