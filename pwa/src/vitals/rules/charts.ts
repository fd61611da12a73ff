// V2 and V7 of docs/rules/vitals.md: which chart is valid for this person then, and red limits where none is.
// Twin of rules/charts.py.
import { FACTS } from "../../generated/vitals_facts.ts";
import { age_months_range, type Born, today } from "../../patients/ages.ts";
import { is_too_ill, SCORED, type Value } from "./entry.ts";

const AGE_TABLES = ["infant", "child_1y", "child_5y", "child_13y", "adult"] as const;
const RED_LIMITED = [
  "respiration_rate",
  "spo2",
  "oxygen",
  "systolic_bp",
  "diastolic_bp",
  "pulse",
  "temperature",
] as const;
const DAY_MS = 86_400_000;

/** What decides the chart; the patient's row is one. */
export type Person = Born & { pregnancy: string; delivered_on: string | null };
/** That person at one instant: the youngest and oldest age in months it may be, and the pregnancy then. */
export type Subject = { ages: [number, number] | null; pregnancy: string };
export type Values = { readonly [parameter: string]: Value };
/** From, to, points; null is open. */
export type Bands = readonly (readonly [number | null, number | null, number])[];
type RedTable = {
  readonly low: { readonly [parameter: string]: number };
  readonly high: { readonly [parameter: string]: number };
  readonly oxygen_codes: readonly string[];
};

/** V2: age and pregnancy judged at the time of the set. After 42 days a birth no longer counts. */
export function subject_at(person: Person, at_ms: number): Subject {
  const since_birth =
    person.delivered_on === null
      ? 0
      : (Date.parse(today(at_ms)) - Date.parse(person.delivered_on.slice(0, 10))) / DAY_MS;
  const over = person.pregnancy === "postpartum" && since_birth > FACTS.pregnancy.days_after_birth;
  return { ages: age_months_range(person, at_ms), pregnancy: over ? "no" : person.pregnancy };
}

/** V2: [chart, why none]. NEWS2 from 16 years, not in pregnancy nor within 42 days after birth. */
export function chart_for(subject: Subject): ["news2", null] | [null, "pregnancy" | "age" | "age_unknown"] {
  const minimum = FACTS.news2.minimum_age_months;
  if (subject.pregnancy === "yes" || subject.pregnancy === "postpartum") return [null, "pregnancy"];
  if (subject.ages === null) return [null, "age_unknown"];
  if (subject.ages[1] < minimum) return [null, "age"];
  return subject.ages[0] >= minimum ? ["news2", null] : [null, "age_unknown"];
}

/** V9: what a full set holds: the seven, without blood pressure where a child has no score. */
export function full_set(subject: Subject): string[] {
  const child = chart_for(subject)[1] === "age";
  return SCORED.filter((p) => !(child && p === "systolic_bp"));
}

/** V7: values beyond a single-value red limit, where no score is valid; see rules/charts.py. */
export function red_limits(found: Values, subject: Subject): string[] {
  const tables = tables_of(subject);
  return [...RED_LIMITED, "consciousness"].filter((p) => {
    const value = found[p];
    return value !== undefined && is_red(value, tables);
  });
}

/** V7: the tables of red limits that may apply: pregnancy, else by age; unknown age is judged as an adult. */
export function red_tables(subject: Subject): string[] {
  if (subject.pregnancy === "yes" || subject.pregnancy === "postpartum") return ["maternity"];
  if (subject.ages === null) return ["adult"];
  const [youngest, oldest] = subject.ages;
  return AGE_TABLES.filter((name, number) => {
    const next = AGE_TABLES[number + 1];
    const end = next === undefined ? null : FACTS.red_limits[next].from_months;
    return oldest >= FACTS.red_limits[name].from_months && (end === null || youngest < end);
  });
}

/** V7: the red limits of one parameter as bands, the strictest where several tables apply. */
export function red_span(parameter: string, subject: Subject): Bands {
  const tables = tables_of(subject);
  const lows = tables.map((t) => t.low[parameter]).filter((limit) => limit !== undefined);
  const highs = tables.map((t) => t.high[parameter]).filter((limit) => limit !== undefined);
  const low = lows.length > 0 ? Math.max(...lows) : null;
  const high = highs.length > 0 ? Math.min(...highs) : null;
  if (low === null && high === null) return [];
  return [
    ...(low === null ? [] : [[null, low, 3] as const]),
    ...(high === null ? [] : [[high, null, 3] as const]),
    [low === null ? null : low + 1, high === null ? null : high - 1, 0] as const,
  ].toSorted((a, b) => (a[0] ?? Number.NEGATIVE_INFINITY) - (b[0] ?? Number.NEGATIVE_INFINITY));
}

function tables_of(subject: Subject): RedTable[] {
  const tables = FACTS.red_limits as unknown as { readonly [name: string]: RedTable };
  return red_tables(subject).map((name) => tables[name] as RedTable);
}

function is_red(value: Value, tables: readonly RedTable[]): boolean {
  if (is_too_ill(value)) return true;
  if (value.state !== "measured") return false;
  if (value.parameter === "consciousness") return ["C", "V", "P", "U"].includes(value.code ?? "");
  return tables.some((table) => beyond(value, table));
}

function beyond(value: Value, table: RedTable): boolean {
  if (value.parameter === "oxygen" && value.code !== null && table.oxygen_codes.includes(value.code)) return true;
  if (value.value === null) return false;
  const [low, high] = [table.low[value.parameter], table.high[value.parameter]];
  return (low !== undefined && value.value <= low) || (high !== undefined && value.value >= high);
}
