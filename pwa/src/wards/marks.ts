// What a row and a plate remark about a patient beside the score: few, and each a thing to do or to know.
import { weight_state } from "../patients/weights.ts";
import type { Card, VitalsState } from "./cards.ts";

export type MarkName =
  | "not_asked"
  | "unable_to_ask"
  | "weight_missing"
  | "weight_stale"
  | "weight_estimated"
  | "spo2_scale"
  | "monitor"
  | "age_unknown";

/** Marks in the order of their weight: what is unknown before what is merely so. */
export function marks(card: Card, state: VitalsState | undefined, now_ms: number): MarkName[] {
  const found: MarkName[] = [];
  const { patient } = card;
  if (patient.allergy_state === "not_asked" || patient.allergy_state === "unable_to_ask")
    found.push(patient.allergy_state);
  if (card.score.invalid === "age_unknown") found.push("age_unknown");
  const weight = weight_state(patient.weights, patient, now_ms);
  if (weight !== "good") found.push(`weight_${weight}`);
  if (state?.spo2_scale === 2) found.push("spo2_scale");
  if (state?.monitor_attached) found.push("monitor");
  return found;
}
