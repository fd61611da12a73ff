// Wrong PINs: counted in strict storage before each try, so that cutting the power gives nobody a free one.
import type { Caller } from "./call.ts";
import type { Clock } from "./clock.ts";
import type { Disk } from "./disk.ts";

/** Seconds to wait before the 1st, 2nd, 3rd, 4th and 5th try; after five the person is locked on this device. */
export const DELAYS_S = [0, 0, 1, 5, 30] as const;

export type PinCount = { count: number; last_at: number; told: number };
export type PinVerdict = { may: true } | { may: false; code: "pin_locked" | "pin_wait"; retry_after_s?: number };

const NONE: PinCount = { count: 0, last_at: 0, told: 0 };
const key_of = (staff_id: string) => `pins:${staff_id}`;

export class Pins {
  readonly #disk: Disk;
  readonly #clock: Clock;

  constructor(disk: Disk, clock: Clock) {
    this.#disk = disk;
    this.#clock = clock;
  }

  /** Whether this person may try now; the try itself is counted as wrong until `right` says otherwise. */
  async try_now(staff_id: string): Promise<PinVerdict> {
    const kept = await this.#kept(staff_id);
    if (kept.count >= DELAYS_S.length) return { may: false, code: "pin_locked" };
    const wait_ms = (DELAYS_S[kept.count] ?? 0) * 1000;
    const gone_ms = this.#clock.device_now() - kept.last_at;
    // A clock that went backwards must not turn a wait of seconds into one of years.
    const left_ms = gone_ms < 0 ? wait_ms : wait_ms - gone_ms;
    if (left_ms > 0) return { may: false, code: "pin_wait", retry_after_s: Math.ceil(left_ms / 1000) };
    await this.#put(staff_id, { ...kept, count: kept.count + 1, last_at: this.#clock.device_now() });
    return { may: true };
  }

  /** How many tries are left, and how long before the next. */
  async after_wrong(staff_id: string): Promise<{ tries_left: number; retry_after_s: number }> {
    const { count } = await this.#kept(staff_id);
    return { tries_left: Math.max(0, DELAYS_S.length - count), retry_after_s: DELAYS_S[count] ?? 0 };
  }

  /** The PIN was right, or the person has proved herself by password. */
  async right(staff_id: string): Promise<void> {
    const kept = await this.#kept(staff_id);
    if (kept.count > 0) await this.#put(staff_id, { ...kept, count: 0 });
  }

  /** Tells the server what it does not know yet. */
  async tell(caller: Caller): Promise<void> {
    for (const [key, kept] of await this.#disk.all<PinCount>("clear", key_of(""))) {
      if (kept.told === kept.count) continue;
      const staff_id = key.slice(key_of("").length);
      const called = await caller.send("POST", "/api/pin-failures", { staff_id, count: kept.count });
      if (called.kind === "nothing") return;
      const now_kept = await this.#kept(staff_id);
      if (called.kind === "ok") await this.#put(staff_id, { ...now_kept, told: kept.count });
    }
  }

  async #kept(staff_id: string): Promise<PinCount> {
    return (await this.#disk.get<PinCount>("clear", key_of(staff_id))) ?? NONE;
  }

  async #put(staff_id: string, value: PinCount): Promise<void> {
    await this.#disk.write([{ room: "clear", key: key_of(staff_id), value }]);
  }
}
