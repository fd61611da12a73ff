// V1 of docs/rules/vitals.md: what may be typed, what is asked about once, what counts. Twin of rules/entry.py.
import { FACTS } from "../../generated/vitals_facts.ts";

export const SCORED = [
  "respiration_rate",
  "spo2",
  "oxygen",
  "systolic_bp",
  "pulse",
  "consciousness",
  "temperature",
] as const;
const TOO_ILL: readonly string[] = ["respiration_rate", "spo2", "systolic_bp", "pulse", "consciousness", "temperature"];
const JUDGED: readonly string[] = [...SCORED, "diastolic_bp"];

/** One reading as the rules see it; `at_ms` is whole milliseconds since 1970 UTC. */
export type Value = {
  parameter: string;
  state: string;
  value: number | null;
  code: string | null;
  reason: string | null;
  at_ms: number;
};
type Limits = { readonly impossible: readonly [number, number]; readonly rare: readonly [number, number] };

/** V1: `impossible` is refused, `rare` is asked about once for the whole set, all else is `ok`. */
export function entry_check(parameter: string, value: number): "ok" | "rare" | "impossible" {
  const limits = entry_limits(parameter);
  if (limits === undefined) return "ok";
  if (value < limits.impossible[0] || value > limits.impossible[1]) return "impossible";
  return value < limits.rare[0] || value > limits.rare[1] ? "rare" : "ok";
}

/** V1: [least, most] a device can show, and [least, most] that is not asked about; undefined where there are none. */
export function entry_limits(parameter: string): Limits | undefined {
  const table = FACTS.entry as unknown as { readonly [parameter: string]: Limits };
  return table[parameter === "oxygen" ? "oxygen_flow_tenths" : parameter];
}

/** V1: the parameters to ask about in one question before the set is saved; an upside-down pressure is one. */
export function rare_values(values: readonly Value[]): string[] {
  const measured = values.filter((v) => v.state === "measured" && v.value !== null);
  const rare = measured.filter((v) => entry_check(v.parameter, v.value as number) === "rare").map((v) => v.parameter);
  const [systolic, diastolic] = ["systolic_bp", "diastolic_bp"].map(
    (name) => measured.findLast((v) => v.parameter === name)?.value ?? null,
  ) as [number | null, number | null];
  const upside_down = systolic !== null && diastolic !== null && systolic <= diastolic;
  return upside_down && !rare.includes("diastolic_bp") ? [...rare, "diastolic_bp"] : rare;
}

/** V1: why a measured reading cannot be counted; null where it can. */
export function reading_fault(value: Value): "impossible_value" | "no_value" | "unknown_code" | null {
  if (value.state !== "measured") return null;
  if (value.value !== null && entry_check(value.parameter, value.value) === "impossible") return "impossible_value";
  if (value.parameter === "oxygen") {
    if (!known(FACTS.codes.oxygen, value.code)) return "unknown_code";
    return value.code === "air" && value.value !== null && value.value !== 0 ? "impossible_value" : null;
  }
  if (value.parameter === "consciousness") return known(FACTS.codes.consciousness, value.code) ? null : "unknown_code";
  return value.value === null ? "no_value" : null;
}

function known(codes: readonly string[], code: string | null): boolean {
  return code !== null && codes.includes(code);
}

/** V1: measured and possible, or tried and the patient too ill. All else leaves a gap and hides nothing. */
export function counts(value: Value): boolean {
  return value.state === "measured" ? reading_fault(value) === null : is_too_ill(value);
}

/** V1: tried, and not measurable because the patient is too ill. */
export function is_too_ill(value: Value): boolean {
  return value.state === "not_measurable" && value.reason === "too_ill" && TOO_ILL.includes(value.parameter);
}

/** V1: counts, and a score or a red limit looks at it (pain is charted, never judged). */
export function judged(value: Value): boolean {
  return counts(value) && JUDGED.includes(value.parameter);
}
