// Where the person is: a table of addresses, and one reactive place on the History API.
import type { Component } from "svelte";

type Screen = () => Promise<{ default: Component }>;
/** `strip`: the strip stands on top. `plain`: entry screens, nothing to leave by accident. `open`: no person needed. */
export type Frame = "strip" | "plain" | "open";
export type Route = { path: string; frame: Frame; screen: Screen };

export const ROUTES: readonly Route[] = [
  { path: "/", frame: "strip", screen: () => import("../wards/PatientsList.svelte") },
  { path: "/board", frame: "strip", screen: () => import("../wards/Board.svelte") },
  { path: "/wall", frame: "plain", screen: () => import("../wards/Wall.svelte") },
  { path: "/stays/:id", frame: "strip", screen: () => import("../patients/Patient.svelte") },
  { path: "/stays/:id/vitals", frame: "plain", screen: () => import("../vitals/Entry.svelte") },
  { path: "/stays/:id/trends", frame: "strip", screen: () => import("../vitals/Trends.svelte") },
  { path: "/stays/:id/identity", frame: "strip", screen: () => import("../patients/Identity.svelte") },
  { path: "/stays/:id/move", frame: "strip", screen: () => import("../wards/Move.svelte") },
  { path: "/admit", frame: "strip", screen: () => import("../patients/Admit.svelte") },
  { path: "/find", frame: "strip", screen: () => import("../patients/Find.svelte") },
  { path: "/scan", frame: "plain", screen: () => import("../scan/Scan.svelte") },
  { path: "/match/:code", frame: "plain", screen: () => import("../scan/Match.svelte") },
  { path: "/beds/:code", frame: "strip", screen: () => import("../wards/BedChooser.svelte") },
  { path: "/mine", frame: "strip", screen: () => import("../vitals/Mine.svelte") },
  { path: "/more", frame: "strip", screen: () => import("../identity/More.svelte") },
  { path: "/outbox", frame: "strip", screen: () => import("../identity/Outbox.svelte") },
  { path: "/settings", frame: "strip", screen: () => import("./Settings.svelte") },
  { path: "/about", frame: "strip", screen: () => import("./About.svelte") },
  { path: "/secrets", frame: "strip", screen: () => import("../identity/Secrets.svelte") },
  { path: "/staff", frame: "strip", screen: () => import("../identity/StaffList.svelte") },
  { path: "/staff/:id", frame: "strip", screen: () => import("../identity/StaffMember.svelte") },
  { path: "/devices", frame: "strip", screen: () => import("../identity/Devices.svelte") },
  { path: "/wards", frame: "strip", screen: () => import("../identity/Wards.svelte") },
  { path: "/wards/:id", frame: "strip", screen: () => import("../identity/Positions.svelte") },
  { path: "/held", frame: "strip", screen: () => import("../identity/HeldDesk.svelte") },
];

export type Params = Record<string, string>;
type Found = { route: Route | null; params: Params };

/** The first address of the table that fits, with what stands in its places. */
export function match(path: string, routes: readonly Route[] = ROUTES): Found {
  const wanted = path.replace(/\/+$/, "").split("/");
  for (const route of routes) {
    const pattern = route.path.replace(/\/+$/, "").split("/");
    if (pattern.length !== wanted.length) continue;
    const params: Params = {};
    const fits = pattern.every((part, index) => {
      const given = wanted[index] ?? "";
      if (!part.startsWith(":")) return part === given;
      params[part.slice(1)] = decoded(given);
      return given !== "";
    });
    if (fits) return { route, params };
  }
  return { route: null, params: {} };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let path = $state(location.pathname);
let search = $state(location.search);
let depth = 0;
const found = $derived(match(path));

function settle(): void {
  path = location.pathname;
  search = location.search;
}

addEventListener("popstate", () => {
  depth = Math.max(0, depth - 1);
  settle();
});

export const route = {
  get path(): string {
    return path;
  },
  get params(): Params {
    return found.params;
  },
  get query(): URLSearchParams {
    return new URLSearchParams(search);
  },
  get now(): Route | null {
    return found.route;
  },
  /** Goes to an address of the app; the same address again is no new step back. */
  go(to: string): void {
    if (to === location.pathname + location.search) return;
    history.pushState(null, "", to);
    depth += 1;
    settle();
  },
  /** Goes there without a step back: after something was recorded, or a screen that sends on. */
  replace(to: string): void {
    history.replaceState(null, "", to);
    settle();
  },
  /** One step back inside the app, or to where this screen belongs when it was opened directly. */
  back(otherwise = "/"): void {
    if (depth > 0) history.back();
    else route.replace(otherwise);
  },
};
