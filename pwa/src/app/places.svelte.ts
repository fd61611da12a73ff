// The dock of every list screen: the same places in the same order, the scanner at the thumb.
import type { DockItem } from "../ui/dock.ts";
import { language } from "../ui/language.svelte.ts";
import { route } from "./route.svelte.ts";
import { words } from "./words.ts";

export type Place = "patients" | "board" | "more";

/** What the dock holds while `on` is in view. Reactive when called inside a `$derived`. */
export function places(on: Place | null): DockItem[] {
  const w = words[language.now];
  return [
    { kind: "tab", label: w.places.patients, icon: "list", on: on === "patients", go: () => route.go("/") },
    { kind: "tab", label: w.places.board, icon: "grid", on: on === "board", go: () => route.go("/board") },
    { kind: "tab", label: w.places.more, icon: "more", on: on === "more", go: () => route.go("/more") },
    { kind: "scan", label: w.places.scan, icon: "scan", go: () => route.go("/scan") },
  ];
}
