// When nobody touches the tablet: after how long it locks, and what counts as use.
import type { Clock } from "./clock.ts";

export class Idle {
  readonly #clock: Clock;
  readonly #uses = new Set<symbol>();
  #steady_at: number;
  #device_at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#steady_at = clock.steady();
    this.#device_at = clock.device_now();
  }

  /** Somebody touched it. */
  touch(): void {
    this.#steady_at = this.#clock.steady();
    this.#device_at = this.#clock.device_now();
  }

  /** An open keypad or running timer counts as use until released. */
  use(name: string): () => void {
    const one = Symbol(name);
    this.#uses.add(one);
    return () => {
      if (this.#uses.delete(one)) this.touch();
    };
  }

  /** Uses end with whoever held the tablet. */
  clear(): void {
    this.#uses.clear();
  }

  /** Steady clocks may stand still while the device sleeps, the other may jump: the longer of both counts. */
  longer_than(limit_ms: number): boolean {
    const gone = Math.max(this.#clock.steady() - this.#steady_at, this.#clock.device_now() - this.#device_at);
    const asleep = this.#clock.device_now() - this.#device_at > 3 * limit_ms;
    return gone > limit_ms && (this.#uses.size === 0 || asleep);
  }
}
