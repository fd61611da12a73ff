// How things stand with this browser: which screen it is due, and whether the lock still knows who held it.
import type { Called, Caller } from "./call.ts";
import type { Clock } from "./clock.ts";
import { SAME_PERSON_MS } from "./outside.ts";
import type { People } from "./people.ts";
import type { Hello, Phase } from "./wire.ts";

export function phase_of(people: People): Phase {
  if (people.device === null) return "unenrolled";
  if (people.person !== null) return "open";
  return people.device.kind === "ward" && people.can_unlock.length > 0 ? "locked" : "signed_out";
}

/** Who held it within the last ten minutes: the lock asks for the PIN alone. */
export function last_person(people: People, clock: Clock): string | null {
  const { last } = people;
  return last !== null && clock.device_now() - last.at < SAME_PERSON_MS ? last.staff_id : null;
}

/** What the server says of itself and of us, with the clock set by it; null when it was not ours that answered. */
export async function hello(caller: Caller, clock: Clock): Promise<Hello | null> {
  const called: Called<Hello> = await caller.get<Hello>("/api/hello");
  if (called.kind !== "ok" || typeof called.data?.epoch !== "string") return null;
  clock.measure(called.before_ms, called.after_ms, called.data.now);
  return called.data;
}
