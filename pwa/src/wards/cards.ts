// One card per stay: what a list, a board cell and a banner need to know, worst and most overdue first.
import type { RowOf, Rows } from "../core/wire.ts";
import type { Band } from "../ui/band.ts";
import { acting_band } from "../vitals/rules.ts";
import { type Twin, twins } from "./twins.ts";

export type Stay = RowOf<"stay">;
export type Patient = RowOf<"patient">;
export type Position = RowOf<"position">;
export type VitalsState = RowOf<"vitals_state">;

/** A score as it is shown: `total` null where none is valid or nothing was measured yet. */
export type Shown = {
  total: number | null;
  band: Band;
  at_least: boolean;
  change: number | null;
  /** Why no score is valid. */
  invalid: "age" | "age_unknown" | "pregnancy" | null;
  /** Parameters that alone score 3, or stand beyond a red limit. */
  red: readonly string[];
  missing: readonly string[];
  measured: boolean;
  at_ms: number | null;
};
export type Card = {
  stay: Stay;
  patient: Patient;
  /** What is said aloud of the place; null where the stay has none. */
  position: string | null;
  room: string;
  score: Shown;
  /** When the next set is due; the admission itself where nothing was measured yet. */
  due_ms: number;
  late_minutes: number;
  twins: readonly Twin[];
};

const MINUTE_MS = 60_000;
const ORDER: readonly Band[] = ["high", "medium", "red_single", "low", "zero", "none"];

/** The recorded score of a stay. A lower bound never shows a lower band than the last complete score. */
export function shown_score(state: VitalsState | undefined): Shown {
  const score = state?.score ?? null;
  if (state === undefined || score === null) {
    return {
      total: null,
      band: "none",
      at_least: false,
      change: null,
      invalid: null,
      red: [],
      missing: [],
      measured: false,
      at_ms: null,
    };
  }
  const band = acting_band(score, state.last_complete?.band ?? null);
  const before = state.previous_total;
  return {
    total: score.total,
    band: band ?? "none",
    at_least: score.lower_bound,
    change: change_of(score.total, before, score.lower_bound),
    invalid: score.invalid,
    red: score.red,
    missing: score.missing,
    measured: true,
    at_ms: Date.parse(score.newest_at),
  };
}

/** How far a score moved. A lower bound can only be said to have risen. */
export function change_of(total: number | null, before: number | null, lower_bound: boolean): number | null {
  if (total === null || before === null || (lower_bound && total <= before)) return null;
  return total - before;
}

/** Every stay that is in this ward now, worst and most overdue first. */
export function ward_cards(rows: Rows, ward_id: string, now_ms: number): Card[] {
  const here = rows.rows("stay").filter((stay) => stay.ward_id === ward_id && stay.discharged_at === null);
  return sorted(cards_of(rows, here, now_ms));
}

/** One stay's card, discharged or not; undefined while its patient is not known here. */
export function card_of(rows: Rows, stay_id: string, now_ms: number): Card | undefined {
  const stay = rows.row("stay", stay_id);
  if (stay === undefined) return undefined;
  const beside = rows.rows("stay").filter((other) => other.ward_id === stay.ward_id && other.discharged_at === null);
  const all = beside.some((other) => other.key === stay.key) ? beside : [...beside, stay];
  return cards_of(rows, all, now_ms).find((card) => card.stay.key === stay_id);
}

function cards_of(rows: Rows, stays: readonly Stay[], now_ms: number): Card[] {
  const known = stays.flatMap((stay) => {
    const patient = rows.row("patient", stay.patient_id);
    const position = stay.position_id === null ? undefined : rows.row("position", stay.position_id);
    return patient === undefined ? [] : [{ stay, patient, position }];
  });
  const alike = twins(
    known.map(({ stay, patient, position }) => ({ stay_id: stay.key, patient, position: position?.label ?? null })),
  );
  return known.map(({ stay, patient, position }) => {
    const state = rows.row("vitals_state", stay.key);
    const due_ms = Date.parse(state?.next_due_at ?? stay.admitted_at);
    return {
      stay,
      patient,
      position: position?.label ?? null,
      room: position?.room ?? "",
      score: shown_score(state),
      due_ms,
      late_minutes: Math.max(0, Math.floor((now_ms - due_ms) / MINUTE_MS)),
      twins: alike.get(stay.key) ?? [],
    };
  });
}

/** Above the now rule what is late, by band and then lateness; below it the rest, by band and then what is due next. */
export function sorted(cards: readonly Card[]): Card[] {
  return cards.toSorted(
    (a, b) =>
      Number(b.late_minutes > 0) - Number(a.late_minutes > 0) ||
      ORDER.indexOf(a.score.band) - ORDER.indexOf(b.score.band) ||
      a.due_ms - b.due_ms ||
      by_label(a.position ?? "", b.position ?? ""),
  );
}

/** 2 before 12A before 12B before HL-1. */
export function by_label(a: string, b: string): number {
  return new Intl.Collator("vi", { numeric: true }).compare(a, b);
}
