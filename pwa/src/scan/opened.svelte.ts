// The patient in this nurse's hands: opened by a band, or by asking; until another, the lock, or 10 minutes.
import { tablet } from "../app/tablet.svelte.ts";

export type Identification = { method: "wristband" | "question" | "companion" | "none"; code: string | null };
type Opened = { stay_id: string; staff_id: string; at_ms: number; identification: Identification; note: string };

export const OPEN_MS = 10 * 60_000;
let held = $state.raw<Opened | null>(null);

$effect.root(() => {
  $effect(() => {
    if (tablet.phase !== "open") held = null;
  });
});

/** Opens a stay in the hands of who is signed in. `note`: why no band was scanned, and who confirmed. */
export function open_patient(stay_id: string, identification: Identification, note = ""): void {
  const staff_id = tablet.person?.staff_id;
  held = staff_id === undefined ? null : { stay_id, staff_id, at_ms: tablet.now, identification, note };
}

export function close_patient(): void {
  held = null;
}

/** How it was made sure who this is, if it was and still holds. Reactive. */
export function identified(stay_id: string): Identification | null {
  if (held === null || held.stay_id !== stay_id || held.staff_id !== tablet.person?.staff_id) return null;
  return tablet.now - held.at_ms <= OPEN_MS ? held.identification : null;
}

/** What travels with the act where no band was scanned: why, and who confirmed; empty otherwise. */
export function identification_note(stay_id: string): string {
  return held !== null && identified(stay_id) !== null ? held.note : "";
}

/** The stay that is open in these hands, or null. Reactive. */
export function opened_stay(): string | null {
  return held !== null && identified(held.stay_id) !== null ? held.stay_id : null;
}
