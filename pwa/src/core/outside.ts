// What a tablet core needs from the world around it: clocks, chance, network, storage. A simulator hands in its own.
import type { Fetch } from "./call.ts";
import type { Disk } from "./disk.ts";
import type { OpenSocket } from "./feed.ts";
import type { Defer } from "./view.ts";
import type { Previews, Settings } from "./wire.ts";

export const ANSWER_WITHIN_MS = 8_000;
export const CONTACT_EVERY_MS = 300_000;
export const VISITOR_IDLE_MS = 900_000;
export const SAME_PERSON_MS = 600_000;
export const DEFAULT_SETTINGS: Settings = {
  language: "vi",
  theme: "auto",
  hand: "right",
  wall: false,
  idle_s: 120,
  sound: true,
  wedge_prefix: "",
  wedge_suffix: "",
};
/** All that a visitor leaves on the disk, beside its counter. */
export const KEPT_OF_VISITOR = new Set(["device", "settings", "facility", "clock"]);

export type Rules = { previews: Previews; version: string };
export const NO_RULES: Rules = { previews: {}, version: "not loaded" };

export type Outside = {
  base: string;
  /** The device's clock, ms since 1970. */
  device_now: () => number;
  /** A clock that only goes forward, ms. */
  steady: () => number;
  /** In [0, 1). */
  random: () => number;
  random_bytes: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;
  fetch: Fetch;
  open_socket: OpenSocket;
  disk: Disk;
  exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  after: (ms: number) => Promise<void>;
  /** Soon, once per frame. */
  defer: Defer;
  /** Rules and previews; fetched when somebody is in, so that the lock stands sooner. */
  load_rules: () => Promise<Rules>;
  /** The build. */
  app: string;
};
