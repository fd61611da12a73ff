// The patient in this nurse's hands: opened by a band, or by asking; until another, the lock, or 10 minutes.
import { tablet } from "../app/tablet.svelte.ts";
import type { CommandOf } from "../core/wire.ts";

export type Identification = CommandOf<"record_vitals">["identification"];
type Known = Pick<Identification, "method" | "code"> & Partial<Identification>;
type Opened = { stay_id: string; staff_id: string; at_ms: number; identification: Identification };

export const NOT_IDENTIFIED: Identification = { method: "none", code: null, reason: null, confirmed_by: "" };
export const OPEN_MS = 10 * 60_000;
let held = $state.raw<Opened | null>(null);

$effect.root(() => {
  $effect(() => {
    if (tablet.phase !== "open") held = null;
  });
});

/** Opens a stay in the hands of who is signed in. */
export function open_patient(stay_id: string, known: Known): void {
  const staff_id = tablet.person?.staff_id;
  held =
    staff_id === undefined
      ? null
      : { stay_id, staff_id, at_ms: tablet.now, identification: { ...NOT_IDENTIFIED, ...known } };
}

export function close_patient(): void {
  held = null;
}

/** How it was made sure who this is, if it was and still holds. Reactive. */
export function identified(stay_id: string): Identification | null {
  if (held === null || held.stay_id !== stay_id || held.staff_id !== tablet.person?.staff_id) return null;
  return tablet.now - held.at_ms <= OPEN_MS ? held.identification : null;
}

/** The stay that is open in these hands, or null. Reactive. */
export function opened_stay(): string | null {
  return held !== null && identified(held.stay_id) !== null ? held.stay_id : null;
}
