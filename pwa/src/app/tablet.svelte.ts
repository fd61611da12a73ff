// The one object screens use: the core made reactive.
import type { Tablet } from "./tablet_types.ts";

export type { RefusedReason, Tablet } from "./tablet_types.ts";

let phase = $state<Tablet["phase"]>("starting");

export const tablet = {
  get phase() {
    return phase;
  },
} as Tablet;
