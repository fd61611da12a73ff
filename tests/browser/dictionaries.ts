// Prints the fragments of every word file that stand in one language only: {"vi": [...], "en": [...]}.
import { globSync } from "node:fs";
import { pathToFileURL } from "node:url";

type Language = "vi" | "en";
const SOURCE = process.argv[2] ?? "";
const HOLE = "\u0000";
const found: Record<Language, Set<string>> = { vi: new Set(), en: new Set() };

/** The constant parts of a word: the whole of a plain one, what stands between the places of one with arguments. */
function collect(value: unknown, into: Set<string>): void {
  if (typeof value === "string") {
    for (const part of value.split(HOLE)) if (/\p{L}/u.test(part)) into.add(part.trim());
  } else if (typeof value === "function") {
    for (const given of [HOLE, 0, 2]) {
      try {
        collect(value(...Array(4).fill(given)), into);
      } catch {
        // Not made for such arguments.
      }
    }
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) collect(inner, into);
  }
}

for (const file of globSync(`${SOURCE}/**/*.ts`).filter((path) => /words[\w]*\.ts$|roles\.ts$/.test(path)).toSorted()) {
  for (const exported of Object.values(await import(pathToFileURL(file).href))) {
    if (typeof exported !== "object" || exported === null || !("vi" in exported && "en" in exported)) continue;
    collect(exported.vi, found.vi);
    collect(exported.en, found.en);
  }
}
console.log(JSON.stringify({ vi: [...found.vi.difference(found.en)], en: [...found.en.difference(found.vi)] }));
