// The rules of patients that both sides judge, of docs/rules/patients.md; twin of backend/patients/rules.py.
import { FACTS } from "../generated/patients_facts.ts";

export type Birth = {
  birth_date: string | null;
  birth_year: number | null;
  age_months: number | null;
  age_months_at: string | null;
};
export type Named = { family_name: string; middle_name: string; given_name: string; birth_date: string | null };

const HOUR_MS = 3_600_000;
const ALLERGY_SEVERITIES = ["unknown", "mild", "moderate", "severe", "anaphylaxis"];
const ALLERGY_CERTAINTIES = ["suspected", "confirmed"];
const LETTERS: Readonly<Record<string, string>> = FACTS.names.letters;

/** P1: how a name is found: no accents, đ as d, small letters and digits only, words parted by one space. */
export function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .split(/\s+/u)
    .map((word) =>
      [...word]
        .filter((c) => /[\p{L}\p{N}]/u.test(c))
        .map((c) => LETTERS[c] ?? c)
        .join(""),
    )
    .filter((word) => word !== "")
    .join(" ");
}

/** P2: two people who share one of these may be mistaken: the name without accents; birth date and family name. */
export function likeness_keys(person: Named): string[] {
  const keys = [folded(`${person.family_name} ${person.middle_name} ${person.given_name}`)];
  const family = folded(person.family_name);
  if (person.birth_date !== null && family !== "") keys.push(`${person.birth_date.slice(0, 10)} ${family}`);
  return keys;
}

type Day = [year: number, month: number, day: number];
function day_of(date: string): Day {
  const [year = 0, month = 1, day = 1] = date.slice(0, 10).split("-").map(Number);
  return [year, month, day];
}

function months_between(first: Day, last: Day): number {
  return Math.max(0, (last[0] - first[0]) * 12 + last[1] - first[1] - (last[2] < first[2] ? 1 : 0));
}

/** P3: [least, most] age in months; null where nothing is known. A birth date, then what was said, then the year. */
export function age_range_months(birth: Birth, today: string): [number, number] | null {
  const now = day_of(today);
  if (birth.birth_date !== null) {
    const exact = months_between(day_of(birth.birth_date), now);
    return [exact, exact];
  }
  if (birth.age_months !== null) {
    const since = birth.age_months_at === null ? 0 : months_between(day_of(birth.age_months_at), now);
    return [birth.age_months + since, birth.age_months + since];
  }
  if (birth.birth_year === null) return null;
  return [months_between([birth.birth_year, 12, 31], now), months_between([birth.birth_year, 1, 1], now)];
}

function age_band(months: number): number {
  return FACTS.age.band_edges_months.filter((edge) => months >= edge).length;
}

/** P4: a birth year alone leaves the age band open, so the age in months is asked once. */
export function age_must_be_asked(birth: Birth, today: string): boolean {
  const found = age_range_months(birth, today);
  return found === null || age_band(found[0]) !== age_band(found[1]);
}

/** P5: `stale` by its age, else `estimated` where no scale said it; an unknown age counts as an adult's. */
export function weight_mark(age: number | null, source: string, weighed_at: string, now: string): string | null {
  const step = FACTS.weight.stale_after_hours.find(([below]) => below === null || (age !== null && age < below));
  if (step === undefined) throw new Error("the last step of stale_after_hours must be open");
  if (Date.parse(now) - Date.parse(weighed_at) > step[1] * HOUR_MS) return "stale";
  return source === "scale" ? null : "estimated";
}

/** P6: a change of 10 % or more of the weight before. */
export function weight_changed(before_g: number, now_g: number): boolean {
  return Math.abs(now_g - before_g) * 100 >= before_g * FACTS.weight.change_percent;
}

/** P9: whether a second report of one allergy is milder or less certain; each is [severity, certainty]. */
export function allergy_weakened(before: readonly [string, string], after: readonly [string, string]): boolean {
  const milder = ALLERGY_SEVERITIES.indexOf(after[0]) < ALLERGY_SEVERITIES.indexOf(before[0]);
  return milder || ALLERGY_CERTAINTIES.indexOf(after[1]) < ALLERGY_CERTAINTIES.indexOf(before[1]);
}

/** P10: what a band is once it was scanned at the patient. Void stays void; an older print never comes back. */
export function band_worn(state: string, newer_live: boolean): string {
  if (state !== "printed") return state;
  return newer_live ? "superseded" : "live";
}
