// A scanned code on this tablet now: resolved against its rows, felt, and the patient opened where it matches.
import { tablet } from "../app/tablet.svelte.ts";
import type { Read } from "../barcode/codes.ts";
import { card_of } from "../wards/cards.ts";
import { open_patient } from "./opened.svelte.ts";
import { type Outcome, resolved, signal } from "./resolve.ts";
import { play } from "./tones.ts";
import type { StopName } from "./words.ts";

/** What this code means while `expected` is open. A match opens the patient in these hands. */
export function settled(found: Read, expected: string | null): Outcome {
  const alike = (a: string, b: string) =>
    card_of(tablet, a, tablet.now)?.twins.some((twin) => twin.stay_id === b) ?? false;
  const outcome = resolved(found, tablet, expected, alike);
  play(signal(outcome));
  if (outcome.kind === "match") open_patient(outcome.stay_id, { method: "wristband", code: outcome.code });
  return outcome;
}

/** Which of the stops tells what to do; null where the outcome is none. */
export function stop_of(outcome: Outcome): StopName | null {
  switch (outcome.kind) {
    case "void":
    case "discharged":
    case "moved":
    case "unknown_band":
    case "badge":
      return outcome.kind;
    case "unreadable":
      return outcome.reason as StopName;
    case "not_yet":
      return outcome.what as StopName;
    default:
      return null;
  }
}
