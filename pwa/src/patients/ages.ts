// How old a patient is, as far as it is known, and where not knowing matters.
import { age_must_be_asked, age_range_months, type Birth } from "./rules.ts";

export type Born = Birth;
export type Age = { unit: "days" | "months" | "years"; value: number; about: boolean };

const DAY_MS = 86_400_000;
const HOSPITAL_OFFSET_MS = 7 * 3_600_000;

type Day = { year: number; month: number; day: number };

function day_of(ms: number): Day {
  const local = new Date(ms + HOSPITAL_OFFSET_MS);
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

function parsed(date: string): Day {
  const [year = 0, month = 1, day = 1] = date.slice(0, 10).split("-").map(Number);
  return { year, month, day };
}

/** Age in whole months, youngest and oldest it can be at `now_ms`; null where nothing is known. */
export function age_months_range(born: Born, now_ms: number): [number, number] | null {
  return age_range_months(born, today(now_ms));
}

/** Whether the birth year alone leaves open which chart or limit is the right one: then the months are asked once. */
export function crosses_band(born: Born, now_ms: number): boolean {
  return age_range_months(born, today(now_ms)) !== null && age_must_be_asked(born, today(now_ms));
}

/** The age as people say it: days under 30 days, months under 72 months, then years. */
export function age(born: Born, now_ms: number): Age | null {
  const range = age_months_range(born, now_ms);
  if (range === null) return null;
  if (born.birth_date !== null && range[0] === 0) {
    const days = Math.floor(
      (now_ms + HOSPITAL_OFFSET_MS - Date.parse(`${born.birth_date.slice(0, 10)}T00:00:00Z`)) / DAY_MS,
    );
    if (days < 30) return { unit: "days", value: Math.max(0, days), about: false };
  }
  const exact = range[0] === range[1];
  if (range[1] < 72 && exact) return { unit: "months", value: range[0], about: false };
  if (born.birth_year !== null && !exact) {
    return { unit: "years", value: day_of(now_ms).year - born.birth_year, about: false };
  }
  return {
    unit: "years",
    value: Math.floor(range[0] / 12),
    about: born.birth_date === null && born.birth_year === null,
  };
}

/** The year of birth that is printed and asked, or null where nobody knows it. */
export function birth_year(born: Born): number | null {
  if (born.birth_date !== null) return parsed(born.birth_date).year;
  return born.birth_year;
}

/** The date in the hospital's own days, `YYYY-MM-DD`. */
export function today(now_ms: number): string {
  return new Date(now_ms + HOSPITAL_OFFSET_MS).toISOString().slice(0, 10);
}
