// Keys pressed by a hand, told from a scanner that types: a figure counts only where no other key came within 50 ms.
import { LONGEST_GAP_MS } from "./wedge.ts";

const WAIT_MS = LONGEST_GAP_MS + 10;
export type Pressed = { key: string; at_ms: number };

/** Hands on each key of a hand, a moment later; all keys of a burst are dropped. Call `stop` when left. */
export function hand(on_key: (key: string) => void): { pressed: (press: Pressed) => void; stop: () => void } {
  let last_ms = Number.NEGATIVE_INFINITY;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return {
    pressed({ key, at_ms }) {
      const in_burst = at_ms - last_ms <= LONGEST_GAP_MS;
      last_ms = at_ms;
      clearTimeout(waiting);
      if (!in_burst) waiting = setTimeout(() => on_key(key), WAIT_MS);
    },
    stop: () => clearTimeout(waiting),
  };
}
