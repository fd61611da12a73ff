// The time on the server's clock, from the device's own and the offset measured at the last contact.
import type { ClockReading } from "./wire.ts";

export type Clock = {
  /** The device's clock, ms: what `recorded_at` says. It may jump. */
  device_now(): number;
  /** A clock that only goes forward, ms: for waits. */
  steady(): number;
  /** The server's clock as far as known, ms. */
  now(): number;
  /** The last measurement; null before the first contact. */
  reading(): ClockReading | null;
  /** Takes a measurement: the device's time before and after a call, and what the server said in between. */
  measure(before_ms: number, after_ms: number, server_now: string): ClockReading;
  restore(reading: ClockReading): void;
};

export function create_clock(device_now: () => number, steady: () => number): Clock {
  let reading: ClockReading | null = null;
  return {
    device_now,
    steady,
    now: () => device_now() + (reading?.offset_ms ?? 0),
    reading: () => reading,
    measure(before_ms, after_ms, server_now) {
      const middle = before_ms + (after_ms - before_ms) / 2;
      reading = { offset_ms: Math.round(Date.parse(server_now) - middle), measured_at: server_now };
      return reading;
    },
    restore(kept) {
      reading ??= kept;
    },
  };
}
