// How scores and values are said: names, figures with units, and why a score is what it is.
import { decimal, decimal_mark, tenths } from "../ui/language.svelte.ts";
import type { Shown } from "../wards/cards.ts";
import { type Slot, shown } from "./entry.ts";
import type { words } from "./words.ts";

type Words = (typeof words)["vi"];
export type ReadingLike = {
  parameter: string;
  state: string;
  value: number | null;
  code: string | null;
  reason: string | null;
};

/** "Nhịp thở, SpO2" */
export function names(parameters: readonly string[], w: Words): string {
  const table = w.parameters as { [parameter: string]: string };
  return parameters.map((parameter) => table[parameter] ?? parameter).join(", ");
}

/** What stands under a badge: why there is no score, the parameter that alone scores 3, or nothing. */
export function why(score: Shown, w: Words): string {
  if (!score.measured) return w.never_measured;
  if (score.red.length > 0 && (score.total === null || score.band === "red_single")) return names(score.red, w);
  return score.invalid === null ? "" : w.no_score_short[score.invalid];
}

/** A whole number in the parameter's unit, as figures: 384 of temperature is "38,4". */
export function figure(parameter: string, value: number): string {
  if (parameter === "temperature") return tenths(value);
  return parameter === "oxygen" ? decimal(value, 10) : String(value);
}

/** One reading in words: figures, a letter, a device with litres, or why there is none. */
export function said(reading: ReadingLike, w: Words): string {
  if (reading.state === "not_measurable") return lookup(w.not_measurable, reading.reason);
  if (reading.state === "not_taken") return lookup(w.not_taken, reading.reason);
  if (reading.parameter === "oxygen") {
    const device = lookup(w.devices, reading.code);
    return reading.value === null || reading.code === "air"
      ? device
      : `${figure("oxygen", reading.value)} ${w.units.oxygen}, ${device.toLowerCase()}`;
  }
  if (reading.parameter === "consciousness") return reading.code ?? "–";
  return reading.value === null ? "–" : figure(reading.parameter, reading.value);
}

function lookup(table: { [code: string]: string }, code: string | null): string {
  return code === null ? "–" : (table[code] ?? code);
}

/** Typed text as it is read back in the language in view. */
export function typed_back(slot: Slot, typed: string | undefined): string {
  return shown(slot, typed, decimal_mark());
}

const SHORT: { [parameter: string]: { vi: string; en: string } } = {
  respiration_rate: { vi: "Nhịp thở", en: "Resp." },
  spo2: { vi: "SpO2", en: "SpO2" },
  systolic_bp: { vi: "HA", en: "BP" },
  pulse: { vi: "Mạch", en: "Pulse" },
  consciousness: { vi: "Tri giác", en: "ACVPU" },
  temperature: { vi: "Nhiệt độ", en: "Temp." },
  pain: { vi: "Đau", en: "Pain" },
};

/** A whole set in one line: what was measured, oxygen as its device, a pressure as one; then what was not. */
export function summary(readings: readonly ReadingLike[], language: "vi" | "en", w: Words): string {
  const diastolic = readings.find((reading) => reading.parameter === "diastolic_bp");
  return readings
    .filter((reading) => reading.parameter !== "diastolic_bp")
    .map((reading) => {
      if (reading.parameter === "oxygen" && reading.state === "measured") return said(reading, w);
      const name = SHORT[reading.parameter]?.[language] ?? names([reading.parameter], w);
      const below = reading.parameter === "systolic_bp" && diastolic?.state === "measured" ? `/${diastolic.value}` : "";
      return `${name} ${reading.state === "measured" ? said(reading, w) : said(reading, w).toLowerCase()}${below}`;
    })
    .join(" · ");
}

type Known = { identification: string; identification_reason: string | null; confirmed_by: string };

/** How it was known who this is, where no band said it: "Người đi cùng xác nhận: con gái Lan · không có vòng tay". */
export function known_by(set: Known, w: Words): string {
  if (set.identification === "wristband" || set.identification === "correction") return "";
  const method = lookup(w.identified, set.identification);
  const whom = set.confirmed_by === "" ? method : `${method}: ${set.confirmed_by}`;
  return set.identification_reason === null ? whom : `${whom} · ${lookup(w.no_band, set.identification_reason)}`;
}

/** Newest first; of two taken at one moment, the one that came later: a correction stands above what it corrects. */
export function newest_first<T extends { taken_at: string; received_at: string }>(sets: readonly T[]): T[] {
  const at = (text: string) => Date.parse(text);
  return sets.toSorted((a, b) => at(b.taken_at) - at(a.taken_at) || at(b.received_at) - at(a.received_at));
}
