// A scanner that types: told from a hand by its speed, or by the prefix and suffix set for it.

export type Rules = { prefix: string; suffix: string };
export type Burst = { text: string; last_ms: number };
export type Fed = { burst: Burst; scanned: string | null };

/** No hand types eight keys with gaps this short. */
export const LONGEST_GAP_MS = 50;
export const SHORTEST_TEXT = 8;
export const NO_BURST: Burst = { text: "", last_ms: 0 };

/** What one key event types: under an input method the key has no name, but its place on the keyboard has. */
export function typed(key: string, code: string): string | null {
  if (key === "Enter" || key === "Tab") return key;
  if (key.length === 1) return key;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code);
  return digit === null || !["Process", "Unidentified", "Dead"].includes(key) ? null : (digit[1] as string);
}

/** One key more. `scanned` is the text of a burst that just ended, without prefix, suffix and Enter. */
export function fed(burst: Burst, key: string, at_ms: number, rules: Rules): Fed {
  const goes_on = burst.text !== "" && at_ms - burst.last_ms <= LONGEST_GAP_MS;
  const before = goes_on ? burst.text : "";
  if (key === "Enter" || key === "Tab") return { burst: NO_BURST, scanned: ended(before, rules) };
  const text = before + key;
  if (rules.suffix !== "" && text.endsWith(rules.suffix)) {
    const scanned = ended(text, rules);
    if (scanned !== null) return { burst: NO_BURST, scanned };
  }
  return { burst: { text, last_ms: at_ms }, scanned: null };
}

function ended(text: string, rules: Rules): string | null {
  if (rules.prefix === "" && rules.suffix === "") return text.length >= SHORTEST_TEXT ? text : null;
  if (!text.startsWith(rules.prefix)) return null;
  const end = rules.suffix !== "" && text.endsWith(rules.suffix) ? text.length - rules.suffix.length : text.length;
  const inner = text.slice(rules.prefix.length, end);
  return inner.length >= SHORTEST_TEXT ? inner : null;
}
