// How a patient is said: age, year, weight with what is wrong with it, allergies for the plate.
import type { BannerAllergies } from "../ui/banner.ts";
import { calendar_day, decimal_mark, short_day } from "../ui/language.svelte.ts";
import type { Patient } from "../wards/cards.ts";
import { age, birth_year } from "./ages.ts";
import { weight_state, weight_text } from "./weights.ts";
import type { words } from "./words.ts";

type Words = (typeof words)["vi"];
const NEWBORN_MONTHS_G = 5000;

/** "75 tuổi", "8 tháng", "khoảng 40 tuổi"; empty where nothing is known. */
export function age_said(patient: Patient, now_ms: number, w: Words): string {
  const found = age(patient, now_ms);
  if (found === null) return "";
  const said = w.ages[found.unit](found.value);
  return found.about ? w.ages.about(said) : said;
}

/** The birth year as it is printed and asked, or that nobody knows it. */
export function year_said(patient: Patient, w: Words): string {
  return String(birth_year(patient) ?? w.year_unknown);
}

/** "14/02/1958" where the day is known, else the year. */
export function born_said(patient: Patient, w: Words): string {
  return patient.birth_date === null ? year_said(patient, w) : calendar_day(patient.birth_date);
}

/** Grams with their unit. */
export function grams_said(weight_g: number): string {
  const { value, unit } = weight_text(weight_g, decimal_mark(), weight_g < NEWBORN_MONTHS_G);
  return `${value} ${unit}`;
}

/** The newest weight with what is wrong with it; null where there is none. */
export function weight_said(patient: Patient, now_ms: number, w: Words): { text: string | null; doubtful: boolean } {
  const newest = patient.weights[0];
  if (newest === undefined) return { text: null, doubtful: true };
  const state = weight_state(patient.weights, patient, now_ms);
  const text = grams_said(newest.weight_g);
  if (state === "good") return { text, doubtful: false };
  const mark =
    state === "stale" || newest.source === "scale"
      ? w.weight_marks.stale(short_day(newest.weighed_at))
      : w.weight_marks[newest.source];
  return { text: `${text}, ${mark}`, doubtful: true };
}

/** The plate's four states of allergies. */
export function banner_allergies(patient: Patient): BannerAllergies {
  if (patient.allergy_state === "known") {
    const items = patient.allergies.map(({ substance, reaction }) =>
      reaction === "" ? { text: substance } : { text: substance, detail: reaction },
    );
    return { state: "known", items };
  }
  if (patient.allergy_state === "none_known") {
    const at = patient.allergy_asked_at;
    return { state: "none_known", asked_on: at === null ? null : short_day(at) };
  }
  return { state: patient.allergy_state };
}
