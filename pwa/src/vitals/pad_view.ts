// What the pad's cells, rows and read-back show of a set: one plain value per field.
import type { Card } from "../wards/cards.ts";
import { type Entry, FIELDS, type Field, value_of } from "./entry.ts";
import { type ObservationSet, standing } from "./lanes.ts";
import type { Score } from "./live.ts";
import { figure, type ReadingLike, said, typed_back } from "./said.ts";
import type { words } from "./words.ts";

type Words = (typeof words)["vi"];
export type Last = { reading: ReadingLike; at: string };
export type FieldView = {
  field: Field;
  name: string;
  unit: string;
  /** As typed or chosen; "" where nothing is. */
  now: string;
  /** Nothing measured, with its reason. */
  absent: boolean;
  points: number | null;
  before: string;
  before_at: string | null;
};

const SCORED_AS: { [field in Field]: string } = {
  respiration_rate: "respiration_rate",
  spo2: "spo2",
  oxygen: "oxygen",
  blood_pressure: "systolic_bp",
  pulse: "pulse",
  consciousness: "consciousness",
  temperature: "temperature",
  pain: "pain",
};

/** The last measured reading of each parameter. */
export function last_readings(sets: readonly ObservationSet[]): Map<string, Last> {
  const found = new Map<string, Last>();
  for (const set of standing(sets)) {
    for (const reading of set.readings)
      if (reading.state === "measured") found.set(reading.parameter, { reading, at: reading.taken_at });
  }
  return found;
}

/** Every field of the pad, in its order. */
export function field_views(entry: Entry, score: Score | null, last: Map<string, Last>, w: Words): FieldView[] {
  return FIELDS.map((field) => {
    const parameter = SCORED_AS[field];
    const before = last.get(parameter);
    return {
      field,
      name: w.parameters[field],
      unit: w.units[field],
      now: now_said(entry, field, w),
      absent: entry.absent[field] !== undefined,
      points: own_points(entry, field, parameter, score),
      before: before_said(field, last, w),
      before_at: before?.at ?? null,
    };
  });
}

function now_said(entry: Entry, field: Field, w: Words): string {
  const absence = entry.absent[field];
  if (absence !== undefined) {
    const table: { [reason: string]: string } = absence.state === "not_taken" ? w.not_taken : w.not_measurable;
    return table[absence.reason] ?? absence.reason;
  }
  if (field === "consciousness") return entry.consciousness ?? "";
  if (field === "oxygen") {
    if (entry.supply === "air") return w.air;
    return entry.supply === null ? "" : typed_back("oxygen", entry.typed.oxygen) || w.on_oxygen;
  }
  if (field === "blood_pressure") {
    const [systolic, diastolic] = [entry.typed.systolic_bp, entry.typed.diastolic_bp];
    return systolic === undefined && diastolic === undefined ? "" : `${systolic ?? "–"}/${diastolic ?? ""}`;
  }
  return typed_back(field, entry.typed[field]);
}

/** Points of what was typed just now, never of an older value that completes the score. */
function own_points(entry: Entry, field: Field, parameter: string, score: Score | null): number | null {
  const typed =
    field === "consciousness" ? entry.consciousness !== null : field === "oxygen" ? entry.supply !== null : false;
  const measured = typed || value_of(parameter as "pulse", entry.typed[parameter as "pulse"]) !== null;
  if (!measured && entry.absent[field]?.reason !== "too_ill") return null;
  return score?.points[parameter] ?? null;
}

function before_said(field: Field, last: Map<string, Last>, w: Words): string {
  if (field === "blood_pressure") {
    const systolic = last.get("systolic_bp")?.reading.value;
    return systolic === undefined || systolic === null
      ? ""
      : `${systolic}/${last.get("diastolic_bp")?.reading.value ?? "–"}`;
  }
  const found = last.get(SCORED_AS[field])?.reading;
  if (found === undefined) return "";
  if (field === "oxygen")
    return found.code === "air" ? w.air : found.value === null ? w.on_oxygen : figure("oxygen", found.value);
  return said(found, w);
}

/** The name as the sentence before the tap says it. */
export function spoken_name(card: Card): string {
  const { family_name, middle_name, given_name } = card.patient;
  return [family_name, middle_name, given_name]
    .filter((part) => part !== "")
    .join(" ")
    .toLocaleUpperCase("vi");
}
