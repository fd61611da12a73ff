// New ids for what begins on this tablet: an allergy, a patient, a stay.
import { uuid_v7 } from "../core/uuid.ts";

/** A fresh version 7 UUID at this time of the server's clock. */
export function new_id(now_ms: number): string {
  return uuid_v7(now_ms, (bytes) => crypto.getRandomValues(bytes));
}
