// Tablets for tests: the real core on a real (in-memory) IndexedDB, with time in the test's hands.
import "fake-indexeddb/auto";
import { type Disk, open_disk, type Write } from "../../../src/core/disk.ts";
import type { Outside } from "../../../src/core/outside.ts";
import { TabletCore } from "../../../src/core/tablet.ts";
import type { Previews, Row } from "../../../src/core/wire.ts";
import { type Hospital, observation_set, uuid } from "./hospital.ts";

export const STAY_A = uuid(1);
export const STAY_B = uuid(2);
/** A preview may read what the ones before it made. */
const PREVIEWS: Previews = {
  record_vitals(command, rows): Row[] {
    rows.of_stay("observation_set", command.stay_id);
    return [observation_set(command.id, command.stay_id, "preview")];
  },
};
let databases = 0;

export type World = {
  core: TabletCore;
  hospital: Hospital;
  cable: { cut: boolean };
  disk: Disk;
  name: string;
  /** The same browser after the page was loaded again: what was in memory is gone. */
  reload(): Promise<World>;
  /** A second page on the same browser, while the first goes on. */
  second_tab(): Promise<World>;
  /** Time passes, a second at a time, for tablet and server alike. */
  pass(seconds: number): Promise<void>;
  settle(): Promise<void>;
};
export type Making = { skew_ms?: number; disk?: (real: Disk) => Disk };

export async function browser(hospital: Hospital, making: Making = {}): Promise<World> {
  databases += 1;
  return open_page(hospital, hospital.browser(), `bedside-test-${databases}`, making);
}

async function open_page(
  hospital: Hospital,
  network: ReturnType<Hospital["browser"]>,
  name: string,
  making: Making,
): Promise<World> {
  const real = await open_disk(name);
  const disk = making.disk?.(real) ?? real;
  const core = new TabletCore(outside(hospital, network, disk, name, making.skew_ms ?? 0));
  const world: World = {
    core,
    hospital,
    cable: network.cable,
    disk: real,
    name,
    async reload() {
      core.feed.stop();
      real.close();
      return open_page(hospital, network, name, { skew_ms: making.skew_ms ?? 0 });
    },
    second_tab: () => open_page(hospital, network, name, making),
    async pass(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        hospital.now_ms += 1000;
        hospital.tick();
        await core.second();
        await world.settle();
      }
    },
    async settle() {
      for (let round = 0; round < 6; round += 1) await new Promise((resolve) => setTimeout(resolve));
      await core.sender.flush();
      await core.feed.settled();
      for (let round = 0; round < 6; round += 1) await new Promise((resolve) => setTimeout(resolve));
    },
  };
  await core.start();
  await world.settle();
  return world;
}

function outside(
  hospital: Hospital,
  network: ReturnType<Hospital["browser"]>,
  disk: Disk,
  name: string,
  skew_ms: number,
): Outside {
  return {
    base: "",
    device_now: () => hospital.now_ms + skew_ms,
    steady: () => hospital.now_ms,
    random: () => 0.5,
    random_bytes: (bytes) => crypto.getRandomValues(bytes),
    fetch: network.fetch,
    open_socket: network.open_socket,
    disk,
    exclusive: (work) => navigator.locks.request(name, work) as ReturnType<typeof work>,
    after: (ms) => until(hospital, hospital.now_ms + ms),
    defer: (work) => queueMicrotask(work),
    load_rules: async () => ({ previews: PREVIEWS, version: "test" }),
    app: "test",
  };
}

async function until(hospital: Hospital, at_ms: number): Promise<void> {
  while (hospital.now_ms < at_ms) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A ward tablet on which this nurse has signed in. */
export async function ward_tablet(hospital: Hospital, login: string, making: Making = {}): Promise<World> {
  const world = await browser(hospital, making);
  const enrolled = await world.core.enrol(hospital.open_enrolment(["noi"]));
  if (!enrolled.ok) throw new Error(enrolled.code);
  await sign_in(world, login);
  return world;
}

export async function sign_in(world: World, login: string): Promise<void> {
  const outcome = await world.core.sign_in({ login, password: password_of(world, login) });
  if (!outcome.ok) throw new Error(outcome.code);
  await world.settle();
}

export function password_of(world: World, login: string): string {
  return world.hospital.people.find((one) => one.login === login)?.password ?? "";
}

/** Charts something at one bed. */
export function vitals(world: World, stay_id = STAY_A): Promise<string> {
  return world.core.report("record_vitals", a_set(stay_id), []);
}

export function a_set(stay_id: string) {
  const taken_at = "2026-11-24T02:00:00Z";
  const pulse = { parameter: "pulse", state: "measured", value: 88, code: null, reason: null, taken_at } as const;
  const identification = { method: "wristband", code: null, reason: null, confirmed_by: "" } as const;
  return { stay_id, readings: [pulse], identification, late_reason: "tie\u0302\u0301ng" };
}

/** A disk that dies at the n-th write from now, before or after it took effect. */
export function mortal(real: Disk): Disk & { die_at(write: number, when: "before" | "after"): void; writes: number } {
  let left = Number.POSITIVE_INFINITY;
  let when: "before" | "after" = "before";
  let dead = false;
  const disk = {
    ...real,
    writes: 0,
    die_at(write: number, moment: "before" | "after") {
      left = write;
      when = moment;
    },
    async write(writes: readonly Write[]) {
      if (dead) throw new Error("the power is gone");
      left -= 1;
      disk.writes += 1;
      dead = left <= 0;
      if (dead && when === "before") throw new Error("the power is gone");
      await real.write(writes);
      if (dead) throw new Error("the power is gone");
    },
  };
  return disk;
}
