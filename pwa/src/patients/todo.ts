// What is to be done for one patient now, from the rows that are here.
import type { RowOf, Rows } from "../core/wire.ts";
import type { Card } from "../wards/cards.ts";
import { crosses_band } from "./ages.ts";
import { weight_state } from "./weights.ts";

export type ToDo =
  | { kind: "vitals"; due_ms: number }
  | { kind: "allergy" }
  | { kind: "age" }
  | { kind: "weight"; state: "missing" | "stale" | "estimated" }
  | { kind: "band"; state: "none" | "old" | "printed" };

/** Vital signs first, then what makes everything else safer; nothing that waits for nobody. */
export function to_do(rows: Rows, card: Card, scanned: string | null, now_ms: number): ToDo[] {
  const { patient, stay } = card;
  if (stay.discharged_at !== null) return [];
  const found: ToDo[] = [{ kind: "vitals", due_ms: card.due_ms }];
  if (patient.allergy_state === "not_asked") found.push({ kind: "allergy" });
  if (crosses_band(patient, now_ms)) found.push({ kind: "age" });
  const weight = weight_state(patient.weights, patient, now_ms);
  if (weight !== "good") found.push({ kind: "weight", state: weight });
  const band = band_wanted(rows.of_stay("wristband", stay.key), scanned);
  if (band !== null) found.push({ kind: "band", state: band });
  return found;
}

function band_wanted(bands: readonly RowOf<"wristband">[], scanned: string | null): "none" | "old" | "printed" | null {
  const live = bands.filter((band) => band.state === "live");
  if (scanned !== null && bands.some((band) => band.key === scanned && band.state === "superseded")) return "old";
  if (live.length > 0) return null;
  return bands.some((band) => band.state === "printed") ? "printed" : "none";
}
