// Names: folded for finding, split for reading, compared for likeness.
import { folded } from "./rules.ts";

export { folded as fold };

export type Named = { family_name: string; middle_name: string; given_name: string };

/** Family, middle and given name in the order they are spoken; one-word names stand alone. */
export function full_name(name: Named): string {
  return [name.family_name, name.middle_name, name.given_name].filter((part) => part !== "").join(" ");
}

/** What stands before the given name, which leads in lists. */
export function before_given(name: Named): string {
  return [name.family_name, name.middle_name].filter((part) => part !== "").join(" ");
}

/** The whole name in capitals, as on the plate and after a scan. */
export function capitals(name: Named): string {
  return full_name(name).toLocaleUpperCase("vi");
}

/** Sorted by given name, then by what stands before it: the order of every Vietnamese list. */
export function by_given_name(a: Named, b: Named): number {
  const order = new Intl.Collator("vi");
  return order.compare(a.given_name, b.given_name) || order.compare(before_given(a), before_given(b));
}

/** Whether every word asked for begins a word that is there, in any order, each of those used once. */
export function words_match(query: string, text: string): boolean {
  const there = folded(text).split(" ");
  const asked = folded(query)
    .split(" ")
    .filter((word) => word !== "")
    .toSorted((a, b) => b.length - a.length);
  for (const word of asked) {
    const found = there.findIndex((candidate) => candidate.startsWith(word));
    if (found < 0) return false;
    there.splice(found, 1);
  }
  return asked.length > 0;
}

/** One word of each part of a name that was written as one: the last is given, the first family, the rest middle. */
export function split_name(text: string): Named {
  const words = text.normalize("NFC").replace(/\s+/g, " ").trim().split(" ");
  const given_name = words.pop() ?? "";
  const family_name = words.shift() ?? "";
  return { family_name, middle_name: words.join(" "), given_name };
}
