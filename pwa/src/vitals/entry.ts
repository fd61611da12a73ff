// The set being typed: what each key does, what is full, what is refused, and what would be recorded.
import { FACTS } from "../generated/vitals_facts.ts";
import { entry_check, rare_values, type Value } from "./rules.ts";

export const FIELDS = [
  "respiration_rate",
  "spo2",
  "oxygen",
  "blood_pressure",
  "pulse",
  "consciousness",
  "temperature",
  "pain",
] as const;
export type Field = (typeof FIELDS)[number];
export type Slot =
  | "respiration_rate"
  | "spo2"
  | "oxygen"
  | "systolic_bp"
  | "diastolic_bp"
  | "pulse"
  | "temperature"
  | "pain";
export type Key = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "," | "clear";
export type Absence = { state: "not_taken" | "not_measurable"; reason: string };
export type Blocked = {
  rule: "too_high" | "too_low" | "no_decimal" | "one_decimal" | "full" | "choose";
  limit: number;
};
export type Problem = {
  field: Field;
  rule: "impossible" | "device";
  slot: Slot;
};

/** Typed text by slot: digits and at most one "," (the language's own mark is the screen's affair). */
export type Entry = {
  at: Field;
  slot: Slot | null;
  typed: { readonly [slot in Slot]?: string };
  supply: "air" | "oxygen" | null;
  device: string | null;
  consciousness: string | null;
  site: string;
  absent: { readonly [field in Field]?: Absence };
  blocked: Blocked | null;
};
export type Reading = {
  parameter: string;
  state: "measured" | "not_taken" | "not_measurable";
  value: number | null;
  code: string | null;
  reason: string | null;
  taken_at: string;
};

const FIRST_SLOT: { [field in Field]: Slot | null } = {
  respiration_rate: "respiration_rate",
  spo2: "spo2",
  oxygen: "oxygen",
  blood_pressure: "systolic_bp",
  pulse: "pulse",
  consciousness: null,
  temperature: "temperature",
  pain: "pain",
};
const DECIMALS: { [slot in Slot]?: number } = { temperature: 1, oxygen: 1 };
const PARAMETERS: { [field in Field]: readonly string[] } = {
  respiration_rate: ["respiration_rate"],
  spo2: ["spo2"],
  oxygen: ["oxygen"],
  blood_pressure: ["systolic_bp", "diastolic_bp"],
  pulse: ["pulse"],
  consciousness: ["consciousness"],
  temperature: ["temperature"],
  pain: ["pain"],
};

/** An empty set, the first field open. */
export function started(): Entry {
  return {
    at: "respiration_rate",
    slot: "respiration_rate",
    typed: {},
    supply: null,
    device: null,
    consciousness: null,
    site: "axillary",
    absent: {},
    blocked: null,
  };
}

/** One key of the pad. A key that cannot lead to a possible value does nothing but say why. */
export function press(entry: Entry, key: Key): Entry {
  if (key === "clear") return cleared(entry);
  const { slot } = entry;
  if (slot === null || (slot === "oxygen" && entry.supply !== "oxygen")) {
    return { ...entry, blocked: { rule: "choose", limit: 0 } };
  }
  const typed = entry.typed[slot] ?? "";
  if (is_full(slot, typed)) return { ...entry, blocked: { rule: "full", limit: 0 } };
  if (key === ",") return with_mark(entry, slot, typed);
  const next = `${typed}${key}`;
  const blocked = why_blocked(slot, next);
  if (blocked !== null) return { ...entry, blocked };
  const { [entry.at]: _, ...absent } = entry.absent;
  const changed: Entry = { ...entry, typed: { ...entry.typed, [slot]: next }, absent, blocked: null };
  return is_full(slot, next) ? advanced(changed) : changed;
}

function with_mark(entry: Entry, slot: Slot, typed: string): Entry {
  if (DECIMALS[slot] === undefined) return { ...entry, blocked: { rule: "no_decimal", limit: 0 } };
  if (typed.includes(",")) return { ...entry, blocked: { rule: "one_decimal", limit: 0 } };
  const next = typed === "" ? "0," : `${typed},`;
  const blocked = why_blocked(slot, next);
  return blocked === null
    ? { ...entry, typed: { ...entry.typed, [slot]: next }, blocked: null }
    : { ...entry, blocked };
}

/** Takes the last digit back; in an empty field it goes back to the one before. */
function cleared(entry: Entry): Entry {
  const { slot } = entry;
  const typed = slot === null ? "" : (entry.typed[slot] ?? "");
  if (slot !== null && typed !== "") {
    const rest = typed.slice(0, -1);
    return {
      ...entry,
      typed: rest === "" ? without(entry.typed, slot) : { ...entry.typed, [slot]: rest },
      blocked: null,
    };
  }
  if (slot === "diastolic_bp") return { ...entry, slot: "systolic_bp", blocked: null };
  if (entry.absent[entry.at] !== undefined) return { ...entry, absent: without(entry.absent, entry.at), blocked: null };
  if (entry.at === "oxygen" && entry.supply !== null) return { ...entry, supply: null, device: null, blocked: null };
  if (entry.at === "consciousness" && entry.consciousness !== null)
    return { ...entry, consciousness: null, blocked: null };
  return went_back(entry);
}

function without<T extends object, K extends keyof T>(whole: T, key: K): T {
  const { [key]: _, ...rest } = whole;
  return rest as T;
}

/** To one field, by touching it. Touching blood pressure again goes to its first figure. */
export function went_to(entry: Entry, field: Field): Entry {
  return { ...entry, at: field, slot: FIRST_SLOT[field], blocked: null };
}

/** To the field before this one. */
export function went_back(entry: Entry): Entry {
  const before = FIELDS[FIELDS.indexOf(entry.at) - 1];
  return before === undefined ? { ...entry, blocked: null } : went_to(entry, before);
}

/** To the next figure that is still empty; stays where it is when there is none. Pain is opened by hand only. */
export function advanced(entry: Entry): Entry {
  const pressure = entry.absent.blood_pressure === undefined && entry.typed.diastolic_bp === undefined;
  if (entry.slot === "systolic_bp" && pressure) {
    return { ...entry, slot: "diastolic_bp", blocked: null };
  }
  const from = FIELDS.indexOf(entry.at);
  const next = FIELDS.slice(from + 1).find((field) => field !== "pain" && !is_filled(entry, field));
  return next === undefined ? { ...entry, blocked: null } : went_to(entry, next);
}

/** Room air, or oxygen; air is whole and goes on, oxygen asks for litres and device. */
export function chose_supply(entry: Entry, supply: "air" | "oxygen"): Entry {
  const absent = without(entry.absent, "oxygen");
  if (supply === "oxygen") return { ...went_to(entry, "oxygen"), supply, absent };
  const typed = without(entry.typed, "oxygen");
  return advanced({ ...went_to(entry, "oxygen"), supply, device: null, typed, absent });
}

export function chose_device(entry: Entry, device: string): Entry {
  return advanced({ ...went_to(entry, "oxygen"), supply: "oxygen", device, absent: without(entry.absent, "oxygen") });
}

export function chose_consciousness(entry: Entry, letter: string): Entry {
  const absent = without(entry.absent, "consciousness");
  return advanced({ ...went_to(entry, "consciousness"), consciousness: letter, absent });
}

export function chose_site(entry: Entry, site: string): Entry {
  return { ...entry, site, blocked: null };
}

/** Not taken, or tried and not measurable, each with its coded reason; what was typed there is given up. */
export function marked_absent(entry: Entry, absence: Absence): Entry {
  const typed = { ...entry.typed };
  for (const slot of slots_of(entry.at)) delete typed[slot];
  const kept = {
    supply: entry.at === "oxygen" ? null : entry.supply,
    device: entry.at === "oxygen" ? null : entry.device,
    consciousness: entry.at === "consciousness" ? null : entry.consciousness,
  };
  return advanced({
    ...entry,
    ...kept,
    typed,
    absent: { ...entry.absent, [entry.at]: absence },
    slot: FIRST_SLOT[entry.at],
  });
}

function slots_of(field: Field): Slot[] {
  if (field === "blood_pressure") return ["systolic_bp", "diastolic_bp"];
  const slot = FIRST_SLOT[field];
  return slot === null ? [] : [slot];
}

/** [least, most] a bedside device can show, in the slot's own whole numbers. */
export function possible(slot: Slot): readonly [number, number] {
  const table = FACTS.entry as unknown as { [name: string]: { impossible: readonly [number, number] } };
  return (table[slot === "oxygen" ? "oxygen_flow_tenths" : slot] as { impossible: readonly [number, number] })
    .impossible;
}

/** The typed text as a whole number of the slot's unit (temperature and flow in tenths); null while nothing is typed. */
export function value_of(slot: Slot, typed: string | undefined): number | null {
  if (typed === undefined || typed === "") return null;
  const [whole = "", fraction] = split(slot, typed);
  return Number(whole) * (DECIMALS[slot] === undefined ? 1 : 10) + Number(fraction || "0");
}

/** A temperature takes its decimal mark by itself after two figures. */
function split(slot: Slot, typed: string): [string, string | undefined] {
  if (slot === "temperature" && !typed.includes(",") && typed.length > 2) return [typed.slice(0, 2), typed.slice(2)];
  const [whole = "", fraction] = typed.split(",");
  return [whole, fraction];
}

/** How the typed text is read back, with the language's decimal mark. */
export function shown(slot: Slot, typed: string | undefined, mark: "," | "."): string {
  if (typed === undefined) return "";
  const [whole, fraction] = split(slot, typed);
  return fraction === undefined ? whole : `${whole}${mark}${fraction}`;
}

function why_blocked(slot: Slot, next: string): Blocked | null {
  const [whole, fraction] = split(slot, next);
  const [least, most] = possible(slot);
  if ((fraction?.length ?? 0) > 1) return { rule: "one_decimal", limit: 0 };
  const reachable = reachable_values(slot, whole, fraction);
  if (reachable.every((value) => value > most)) return { rule: "too_high", limit: most };
  if (!reachable.some((value) => value >= least && value <= most)) return { rule: "too_low", limit: least };
  return null;
}

/** The least and most that further keys could still make of it, at each length. */
function reachable_values(slot: Slot, whole: string, fraction: string | undefined): number[] {
  const [, most] = possible(slot);
  const tenths = DECIMALS[slot] !== undefined;
  if (fraction !== undefined) {
    const base = Number(whole) * 10;
    return fraction === "" ? range(base, base + 9) : [base + Number(fraction)];
  }
  const longest = String(tenths ? Math.floor(most / 10) : most).length;
  const found: number[] = [];
  for (let length = whole.length; length <= longest; length += 1) {
    const power = 10 ** (length - whole.length);
    const [low, high] = [Number(whole) * power, (Number(whole) + 1) * power - 1];
    found.push(...(tenths ? range(low * 10, high * 10 + 9) : range(low, high)));
  }
  return found;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Full: no further key could make another possible value of it. Oxygen waits for its device. */
function is_full(slot: Slot, typed: string): boolean {
  const [whole, fraction] = split(slot, typed);
  if (slot === "oxygen") return false;
  if (slot === "temperature") return fraction !== undefined && fraction !== "";
  const [, most] = possible(slot);
  if (whole === "") return false;
  if (whole.length >= String(most).length) return true;
  if (Number(whole) === 0) return slot === "pain";
  return Number(whole) * 10 > most || (whole.startsWith("0") && whole.length > 1);
}

/** Whether a field has anything in it: a value, a choice or a reason. */
export function is_filled(entry: Entry, field: Field): boolean {
  if (entry.absent[field] !== undefined) return true;
  if (field === "oxygen") return entry.supply !== null;
  if (field === "consciousness") return entry.consciousness !== null;
  return slots_of(field).some((slot) => entry.typed[slot] !== undefined);
}

/** How many of the shown fields are filled. */
export function filled(entry: Entry): Field[] {
  return FIELDS.filter((field) => is_filled(entry, field));
}

/** What stands in the way of recording; empty when all that was typed can be recorded. */
export function problems(entry: Entry): Problem[] {
  return filled(entry).flatMap((field): Problem[] => {
    if (entry.absent[field] !== undefined) return [];
    const found = slots_of(field).flatMap((slot): Problem[] => {
      const value = value_of(slot, entry.typed[slot]);
      return value !== null && entry_check(slot, value) === "impossible" ? [{ field, slot, rule: "impossible" }] : [];
    });
    const unnamed = field === "oxygen" && entry.supply === "oxygen" && entry.device === null;
    return unnamed ? [...found, { field, slot: "oxygen", rule: "device" }] : found;
  });
}

/** Values that are possible but rare, or a pressure upside down: asked about once for the whole set. */
export function rare(entry: Entry): { slot: Slot; value: number }[] {
  return rare_values(values(entry, 0)).flatMap((parameter) => {
    const value = value_of(parameter as Slot, entry.typed[parameter as Slot]);
    return value === null ? [] : [{ slot: parameter as Slot, value }];
  });
}

/** What would be recorded, in the order of the screen. */
export function readings(entry: Entry, taken_at: string): Reading[] {
  return filled(entry).flatMap((field): Reading[] => {
    const absence = entry.absent[field];
    if (absence !== undefined) {
      return PARAMETERS[field].map((parameter) => ({ parameter, ...absence, value: null, code: null, taken_at }));
    }
    const measured = { state: "measured" as const, reason: null, taken_at };
    if (field === "consciousness") return [{ ...measured, parameter: field, value: null, code: entry.consciousness }];
    if (field === "oxygen") {
      const code = entry.supply === "air" ? "air" : entry.device;
      return [{ ...measured, parameter: field, value: value_of("oxygen", entry.typed.oxygen), code }];
    }
    return slots_of(field).flatMap((slot) => {
      const value = value_of(slot, entry.typed[slot]);
      const code = slot === "temperature" ? entry.site : null;
      return value === null ? [] : [{ ...measured, parameter: slot as string, value, code }];
    });
  });
}

/** The same as the rules read it. */
export function values(entry: Entry, taken_ms: number): Value[] {
  return readings(entry, "").map(({ taken_at: _, ...reading }) => ({ ...reading, at_ms: taken_ms }));
}

type Recorded = { parameter: string; state: string; value: number | null; code: string | null; reason: string | null };

/** A recorded set as if it had just been typed: what a correction begins with. */
export function from_readings(recorded: readonly Recorded[]): Entry {
  let entry = started();
  for (const reading of recorded) entry = with_reading(entry, reading);
  return entry;
}

function with_reading(entry: Entry, reading: Recorded): Entry {
  const field = FIELDS.find((one) => PARAMETERS[one].includes(reading.parameter));
  if (field === undefined) return entry;
  if (reading.state !== "measured") {
    const absence: Absence = { state: reading.state as Absence["state"], reason: reading.reason ?? "" };
    return { ...entry, absent: { ...entry.absent, [field]: absence } };
  }
  if (field === "consciousness") return { ...entry, consciousness: reading.code };
  const slot = reading.parameter as Slot;
  const typed = reading.value === null ? entry.typed : { ...entry.typed, [slot]: as_typed(slot, reading.value) };
  if (field === "oxygen") {
    if (reading.code === "air") return { ...entry, supply: "air", device: null };
    return { ...entry, supply: "oxygen", device: reading.code, typed };
  }
  return { ...entry, typed, site: slot === "temperature" ? (reading.code ?? entry.site) : entry.site };
}

function as_typed(slot: Slot, value: number): string {
  if (DECIMALS[slot] === undefined) return String(value);
  const tenths = value % 10;
  if (slot === "oxygen" && tenths === 0) return String(Math.trunc(value / 10));
  return `${Math.trunc(value / 10)},${tenths}`;
}
