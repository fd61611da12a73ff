// When a set was taken: now, a little while ago, or a clock time typed; never later than now.

/** Null is now; else milliseconds since 1970. */
export type Taken = number | null;
export const CHIPS_MIN = [5, 15, 30] as const;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export function taken_ms(taken: Taken, now_ms: number): number {
  return taken === null ? now_ms : Math.min(taken, now_ms);
}

/** Some minutes before now, fixed from here on. */
export function minutes_before(minutes: number, now_ms: number): Taken {
  return minutes === 0 ? null : Math.floor(now_ms / MINUTE_MS) * MINUTE_MS - minutes * MINUTE_MS;
}

/** Four figures as the last such time on the ward's clock, today or yesterday; null where there is none within 24 hours. */
export function clock_time(figures: string, now_ms: number, utc_offset_ms: number): Taken {
  const parts = /^([01]\d|2[0-3])([0-5]\d)$/.exec(figures);
  if (parts === null) return null;
  const midnight_ms = Math.floor((now_ms + utc_offset_ms) / DAY_MS) * DAY_MS - utc_offset_ms;
  const at_ms = midnight_ms + (Number(parts[1]) * 60 + Number(parts[2])) * MINUTE_MS;
  return at_ms <= now_ms ? at_ms : at_ms - DAY_MS;
}
