// The person in whose hands the tablet is: her key and token in memory, and the same wrapped under her PIN on the disk.
import type { Bytes } from "./bytes.ts";
import type { Author } from "./claims.ts";
import { signing_key_of } from "./keys.ts";
import type { Person, PinStretch, StaffRow } from "./wire.ts";

/** On the disk, in clear but for `sealed`: whose session it is and how her PIN is stretched. */
export type KeptSession = { session_id: string; expires_at: string; stretch: PinStretch; sealed: Bytes };
export type Inside = { pkcs8: string; token: string; certificate: string; person: Person };
export type Holder = {
  person: Person;
  author: Author;
  token: string;
  certificate: string;
  /** Opens and seals her own wraps; null until she has a PIN. */
  pin_key: CryptoKey | null;
  /** Before she has a PIN there is nothing to wrap her key under: it waits here, in memory. */
  unwrapped: Bytes | null;
};

export function sealed_place(device_id: string, staff_id: string): string {
  return `bedside-signing-key:${device_id}:${staff_id}`;
}

export async function holder_of(
  person: Person,
  device_id: string,
  proof: { token: string; certificate: string },
  pkcs8: Bytes,
): Promise<Holder> {
  const { token, certificate } = proof;
  const signing = { session_id: person.session_id, key: await signing_key_of(pkcs8) };
  const author: Author = { staff_id: person.staff_id, device_id, signing, certificate };
  return { person, author, token, certificate, pin_key: null, unwrapped: null };
}

export function names_of(row: StaffRow): Pick<Person, "family_name" | "middle_name" | "given_name" | "role" | "wards"> {
  const { family_name, middle_name, given_name, role, wards } = row;
  return { family_name, middle_name, given_name, role, wards };
}
