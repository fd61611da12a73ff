// Day or night and the working hand: set on the root element, and kept so that the next first paint is already right.
import { parts } from "./language.svelte.ts";

export type ThemeChoice = "auto" | "day" | "night";
export type Hand = "right" | "left";
export type Theme = "day" | "night";

/** The one key of local storage; `theme.js` reads it before the first paint. It holds looks, never people. */
export const LOOKS_KEY = "bedside-looks";
/** The ward's night by its own clock: lights go down at 19:00 and up at 06:00. */
export const NIGHT_FROM = 19;
export const NIGHT_UNTIL = 6;

let shown = $state<Theme>("day");

export const theme = {
  get now(): Theme {
    return shown;
  },
};

/** What this choice means at this instant on the ward's clock. */
export function theme_at(choice: ThemeChoice, at: number): Theme {
  if (choice !== "auto") return choice;
  const hour = Number(parts(at).hour);
  return hour >= NIGHT_FROM || hour < NIGHT_UNTIL ? "night" : "day";
}

/** Puts theme and hand on the root element and keeps them for the next start. Cheap: call it with every tick. */
export function apply_looks(choice: ThemeChoice, hand: Hand, language: string, time_zone: string, at: number): void {
  const wanted = theme_at(choice, at);
  const root = document.documentElement;
  shown = wanted;
  if (root.dataset["theme"] !== wanted) root.dataset["theme"] = wanted;
  if (root.dataset["hand"] !== hand) root.dataset["hand"] = hand;
  const kept = JSON.stringify({ theme: choice, hand, language, time_zone });
  try {
    if (localStorage.getItem(LOOKS_KEY) !== kept) localStorage.setItem(LOOKS_KEY, kept);
  } catch {
    // Storage may be switched off; the looks then begin anew at each start, and nothing else depends on them.
  }
}
