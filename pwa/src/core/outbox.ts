// The only way to write: durable here first, then sent, and kept until the record has it.
import type { Bytes } from "./bytes.ts";
import { type Author, command_of, signed } from "./claims.ts";
import type { Clock } from "./clock.ts";
import type { Disk, Write } from "./disk.ts";
import { type DataKey, payload_of, SealBroken, seal_json, unseal_json } from "./keys.ts";
import { uuid_v7 } from "./uuid.ts";
import type { Pending } from "./view.ts";
import type { Answer, Command, CommandKind, EntryState, OutboxEntry, Payload, Seen, Told } from "./wire.ts";

const DAY_MS = 86_400_000;
/** How long a confirmed act is kept, to be offered again after a restore. */
export const KEPT_MS = 7 * DAY_MS;
/** Counters are of a device: a browser that becomes another begins anew. */
export const COUNTER = "counter:";
/** How many acts were ever recorded here: their order. */
const PLACE = "outbox_place";
/** Complete ticks after which a confirmed act that no followed log told of is known to be elsewhere. */
const TICKS_UNTIL_ELSEWHERE = 2;

export type Entry = {
  readonly id: string;
  readonly place: string;
  readonly command: Command;
  readonly signed: string;
  readonly author_id: string;
  readonly certificate: string;
  state: EntryState;
  answer: Answer | undefined;
  confirmed_at: number | null;
  /** The replica holds its rows: the preview has done its work. */
  echoed: boolean;
  dismissed: boolean;
  /** Not to be sent before this time on the steady clock. */
  not_before: number;
  retries: number;
  /** How many others had been answered when this one first had to wait. */
  passed_before: number;
  ticks: number;
};
type Sealed = { signed: string; author_id: string; certificate: string; answer?: Answer };
/** In clear on the disk: nothing that says whose or what. */
type Kept = {
  id: string;
  state: "unsent" | "refused" | "held" | "confirmed";
  at: string;
  confirmed_at: number | null;
  echoed: boolean;
  dismissed: boolean;
  sealed: Bytes;
};
export type OutboxParts = {
  disk: Disk;
  clock: Clock;
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;
  /** One holder at a time in this browser. */
  exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  data_key: () => DataKey | null;
  seen: () => readonly Seen[];
  app: string;
  /** The version of the rules the act was judged by here. */
  rules: () => string;
};

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #listeners = new Set<() => void>();
  loaded = false;
  /** Counted from the disk while no key is there to open it. */
  #sealed_away = { unsent: 0, oldest_at: null as string | null };
  /** Entries whose seal does not open: kept, counted, never deleted. */
  unreadable = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** In the order they were done. */
  get entries(): Entry[] {
    return [...this.#entries.values()];
  }

  entry(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** The acts whose rows the replica does not hold yet: previews stand for them. */
  get pending(): Pending[] {
    const is_pending = (entry: Entry) => !entry.echoed && entry.state !== "refused" && !entry.dismissed;
    return this.entries.filter(is_pending).map(({ id, command, author_id }) => ({ id, command, author_id }));
  }

  get unsent(): number {
    return this.loaded ? this.entries.filter(is_unsent).length + this.unreadable : this.#sealed_away.unsent;
  }

  get oldest_at(): string | null {
    return this.loaded ? (this.entries.find(is_unsent)?.command.recorded_at ?? null) : this.#sealed_away.oldest_at;
  }

  on_change(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What lies here unsent, before anybody has unlocked. */
  async count(): Promise<void> {
    const kept = (await this.#parts.disk.all<Kept>("outbox")).map(([, value]) => value);
    const unsent = kept.filter((one) => one.state === "unsent");
    this.#sealed_away = { unsent: unsent.length, oldest_at: unsent[0]?.at ?? null };
    this.#tell();
  }

  /** Opens everything kept, once the data key is in memory. */
  async load(): Promise<void> {
    const key = this.#key();
    const kept = await this.#parts.disk.all<Kept>("outbox");
    const opened = await Promise.all(kept.map(([place, value]) => opened_entry(key, place, value)));
    this.unreadable = 0;
    for (const entry of opened) {
      if (entry === null) this.unreadable += 1;
      else if (!this.#entries.has(entry.id)) this.#entries.set(entry.id, entry);
    }
    this.loaded = true;
    this.#tell();
  }

  /** Records an act: when this resolves it is durable on this tablet. Throws when it is not. */
  async record<K extends CommandKind>(
    kind: K,
    payload: Payload<K>,
    told: readonly Told[],
    author: Author,
  ): Promise<Entry> {
    const entry = await this.#parts.exclusive(async () => {
      const { disk, clock, random, seen, app, rules } = this.#parts;
      const key = this.#key();
      const counting = COUNTER + author.device_id;
      const counter = kind === "open_chart" ? null : ((await disk.get<number>("clear", counting)) ?? 0) + 1;
      const place = ((await disk.get<number>("clear", PLACE)) ?? 0) + 1;
      const id = uuid_v7(clock.device_now(), random);
      const command = command_of(kind, payload, told, author, {
        id,
        counter,
        clock,
        seen: seen(),
        app,
        rules: rules(),
      });
      const made = new_entry(id, String(place).padStart(12, "0"), command, await signed(command, author), author);
      const writes: Write[] = [
        { room: "outbox", key: made.place, value: await kept_of(key, made) },
        { room: "clear", key: PLACE, value: place },
      ];
      if (counter !== null) writes.push({ room: "clear", key: counting, value: counter });
      await disk.write(writes);
      return made;
    });
    this.#entries.set(entry.id, entry);
    this.#tell();
    return entry;
  }

  /** The server held more of this device than the tablet remembers (its storage was thrown away): go on after it. */
  async raise_counter(device_id: string, at_least: number): Promise<void> {
    await this.#parts.exclusive(async () => {
      const key = COUNTER + device_id;
      const counter = (await this.#parts.disk.get<number>("clear", key)) ?? 0;
      if (counter < at_least) await this.#parts.disk.write([{ room: "clear", key, value: at_least }]);
    });
  }

  /** Stores what the server answered, in one transaction, then tells who waits. */
  async settle(answers: ReadonlyMap<Entry, Answer>): Promise<void> {
    const key = this.#key();
    const settled = [...answers].filter(([, answer]) => answer.answer !== "retry");
    const confirmed_at = this.#parts.clock.now();
    const next = settled.map(([entry, answer]) => ({ ...entry, answer, state: state_of(answer), confirmed_at }));
    const kept = await Promise.all(next.map((entry) => kept_of(key, entry)));
    await this.#parts.disk.write(next.map((entry, at) => ({ room: "outbox", key: entry.place, value: kept[at] })));
    for (const [entry, answer] of settled) {
      Object.assign(entry, { answer, state: state_of(answer), confirmed_at, retries: 0 });
      this.#waiting.get(entry.id)?.(answer);
    }
    this.#tell();
  }

  /** The answer to an act once it comes; undefined when it did not come in time. */
  answer_of(id: string, deadline: Promise<void>): Promise<Answer | undefined> {
    const known = this.#entries.get(id)?.answer;
    if (known !== undefined) return Promise.resolve(known);
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    return Promise.race([answered, deadline.then(() => undefined)]).finally(() => this.#waiting.delete(id));
  }

  /** The replica now holds what these commands brought. */
  async echoed(ids: Iterable<string>): Promise<void> {
    const fresh = [...ids].map((id) => this.#entries.get(id)).filter((entry) => entry !== undefined && !entry.echoed);
    await this.#mark_echoed(fresh as Entry[]);
  }

  /** At this tick every followed log was complete. */
  async complete_tick(): Promise<void> {
    const waiting = this.entries.filter((entry) => entry.state === "confirmed" && !entry.echoed);
    for (const entry of waiting) entry.ticks += 1;
    await this.#mark_echoed(waiting.filter((entry) => entry.ticks >= TICKS_UNTIL_ELSEWHERE));
  }

  async #mark_echoed(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    for (const entry of entries) entry.echoed = true;
    this.#tell();
    await this.#rewrite(entries);
  }

  /** After a restore the server may have lost what it once confirmed: everything kept is offered again. */
  async offer_again(epoch: string): Promise<void> {
    const again = this.entries.filter((entry) => entry.state === "confirmed");
    const next = again.map((entry): Entry => ({ ...entry, state: "unsent", echoed: false }));
    await this.#rewrite(next, [{ room: "clear", key: "epoch", value: epoch }]);
    for (const entry of again) Object.assign(entry, { state: "unsent", echoed: false, ticks: 0, not_before: 0 });
    this.#tell();
  }

  async dismiss(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined || is_unsent(entry)) return;
    await this.#rewrite([{ ...entry, dismissed: true }]);
    entry.dismissed = true;
    this.#tell();
  }

  /** Lets go of what was confirmed or put away more than 7 days ago. Call it after a contact: the clock is right then. */
  async prune(): Promise<void> {
    const now = this.#parts.clock.now();
    const done = (entry: Entry) => entry.state === "confirmed" || entry.dismissed;
    const old = this.entries.filter(
      (one) => done(one) && one.confirmed_at !== null && one.confirmed_at < now - KEPT_MS,
    );
    await this.#parts.disk.write(old.map((entry) => ({ room: "outbox", key: entry.place, remove: true })));
    for (const entry of old) this.#entries.delete(entry.id);
    if (old.length > 0) this.#tell();
  }

  /** Entries changed in memory only (waiting times, set aside): tells whoever shows them. */
  changed(): void {
    this.#tell();
  }

  async #rewrite(entries: readonly Entry[], more: readonly Write[] = []): Promise<void> {
    const key = this.#key();
    const kept = await Promise.all(entries.map((entry) => kept_of(key, entry)));
    const writes = entries.map((entry, at): Write => ({ room: "outbox", key: entry.place, value: kept[at] }));
    await this.#parts.disk.write([...writes, ...more]);
  }

  #key(): DataKey {
    const key = this.#parts.data_key();
    if (key === null) throw new Error("nobody has unlocked this tablet yet");
    return key;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export function is_unsent(entry: Entry): boolean {
  return entry.state === "unsent" || entry.state === "set_aside";
}

/** The stay whose acts keep their order; acts without one keep theirs among themselves. */
export function stay_of(command: Command): string | null {
  return "stay_id" in command ? (command.stay_id as string) : null;
}

/** The entry as a screen sees it. */
export function shown(entry: Entry): OutboxEntry {
  const { id, command, author_id, state, answer } = entry;
  const { kind, recorded_at } = command;
  return { id, kind, stay_id: stay_of(command), recorded_at, author_id, state, ...(answer && { answer }) };
}

function state_of(answer: Answer): EntryState {
  if (answer.answer === "accepted") return "confirmed";
  return answer.answer === "retry" ? "unsent" : answer.answer;
}

function new_entry(id: string, place: string, command: Command, jws: string, author: Author): Entry {
  return {
    id,
    place,
    command,
    signed: jws,
    author_id: author.staff_id,
    certificate: author.certificate,
    state: "unsent",
    answer: undefined,
    confirmed_at: null,
    echoed: false,
    dismissed: false,
    not_before: 0,
    retries: 0,
    passed_before: 0,
    ticks: 0,
  };
}

async function kept_of(key: DataKey, entry: Entry): Promise<Kept> {
  const { id, confirmed_at, echoed, dismissed, author_id, certificate, answer } = entry;
  const inside: Sealed = { signed: entry.signed, author_id, certificate, ...(answer && { answer }) };
  const sealed = await seal_json(key.seal, inside, `outbox:${id}`);
  const state = entry.state === "set_aside" ? "unsent" : entry.state;
  return { id, state, at: entry.command.recorded_at, confirmed_at, echoed, dismissed, sealed };
}

async function opened_entry(key: DataKey, place: string, kept: Kept): Promise<Entry | null> {
  try {
    const inside = await unseal_json<Sealed>(key.seal, kept.sealed, `outbox:${kept.id}`);
    const author = { staff_id: inside.author_id, certificate: inside.certificate } as Author;
    const fresh = new_entry(kept.id, place, payload_of<Command>(inside.signed), inside.signed, author);
    const { state, confirmed_at, echoed, dismissed } = kept;
    return { ...fresh, state, confirmed_at, echoed, dismissed, answer: inside.answer };
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
