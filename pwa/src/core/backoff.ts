// How long to wait before trying again: full jitter, so that 500 tablets do not come back at once.

/** A wait in ms between 0 and min(cap, base · 2ⁿ); `random` is in [0, 1). */
export function full_jitter(attempt: number, random: () => number, base_ms = 500, cap_ms = 30_000): number {
  return Math.floor(random() * Math.min(cap_ms, base_ms * 2 ** Math.min(attempt, 20)));
}
