// Weight: how old it may be, how far it may move, and how it is typed.
import { age_months_range, type Born } from "./ages.ts";
import { weight_changed, weight_mark } from "./rules.ts";

export type Weighed = { weight_g: number; source: "scale" | "estimate" | "stated"; weighed_at: string };

export type WeightState = "missing" | "stale" | "estimated" | "good";

/** Whether the newest weight can be relied on. */
export function weight_state(weights: readonly Weighed[], born: Born, now_ms: number): WeightState {
  const newest = weights[0];
  if (newest === undefined) return "missing";
  const age = age_months_range(born, now_ms)?.[0] ?? null;
  const mark = weight_mark(age, newest.source, newest.weighed_at, new Date(now_ms).toISOString());
  return mark === "stale" || mark === "estimated" ? mark : "good";
}

/** True where a new weight differs by 10 % or more from the last: asked about once. */
export function changed_much(before_g: number | undefined, now_g: number): boolean {
  return before_g !== undefined && weight_changed(before_g, now_g);
}

/** Grams as people read them: `g` for a newborn, else kilograms with the language's decimal mark and no trailing zero. */
export function weight_text(weight_g: number, mark: "," | ".", newborn: boolean): { value: string; unit: "g" | "kg" } {
  if (newborn) return { value: String(weight_g), unit: "g" };
  const kilograms = Math.floor(weight_g / 1000);
  const tenths = Math.round((weight_g % 1000) / 100);
  const [whole, rest] = tenths === 10 ? [kilograms + 1, 0] : [kilograms, tenths];
  return { value: rest === 0 ? String(whole) : `${whole}${mark}${rest}`, unit: "kg" };
}
