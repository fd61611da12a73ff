// The shifts of a ward by its own clock: morning 07–14, afternoon 14–21, night 21–07.
import { parts } from "../ui/language.svelte.ts";

export type Shift = "morning" | "afternoon" | "night";
const HOURS: Record<Shift, { from: number; until: number }> = {
  morning: { from: 7, until: 14 },
  afternoon: { from: 14, until: 21 },
  night: { from: 21, until: 7 },
};

export function shift_at(at: number): Shift {
  const hour = Number(parts(at).hour);
  if (hour >= HOURS.morning.from && hour < HOURS.morning.until) return "morning";
  return hour >= HOURS.afternoon.from && hour < HOURS.afternoon.until ? "afternoon" : "night";
}

/** "21:00 – 07:00" */
export function shift_hours(shift: Shift): string {
  const { from, until } = HOURS[shift];
  return `${String(from).padStart(2, "0")}:00 – ${String(until).padStart(2, "0")}:00`;
}
