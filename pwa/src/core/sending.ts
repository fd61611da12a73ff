// Empties the outbox: in batches, in order for each stay, stopping at the first sign that the server is not there.
import { full_jitter } from "./backoff.ts";
import type { Called, Caller } from "./call.ts";
import type { Clock } from "./clock.ts";
import { note_fault } from "./fault.ts";
import { type Entry, is_unsent, type Outbox, stay_of } from "./outbox.ts";
import type { Answer } from "./wire.ts";

export const BATCH_LIMIT = 50;
export const BATCH_BYTES = 900_000;
export const RETRIES_UNTIL_SET_ASIDE = 3;
export const SET_ASIDE_MS = 60_000;
/** A refusal of the whole batch because of what is in it: send less, and at last find the one. */
const BECAUSE_OF_CONTENT = [400, 413, 422];

/** After this many failures in a row of the server itself, the batch is suspected. */
const FAILURES_UNTIL_SUSPECT = 3;
/** The server did not try what came after a `retry` of the same stay in the same batch. */
const EARLIER_WAITS = "earlier_waits";
const KNOWN: readonly string[] = ["accepted", "refused", "held", "retry"];

export type StopReason = "network" | "foreign" | "busy" | "device" | "update" | "error" | "storage";
export type SenderParts = { outbox: Outbox; caller: Caller; clock: Clock; random: () => number };

export class Sender {
  readonly #parts: SenderParts;
  readonly #listeners = new Set<(reason: StopReason | null) => void>();
  #limit = BATCH_LIMIT;
  #failures = 0;
  #not_before = 0;
  #running: Promise<void> | null = null;
  #again = false;
  /** How many acts were answered, ever: whether others pass while one waits. */
  #passed = 0;
  /** Why sending rests; null while it goes. */
  stopped: StopReason | null = null;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** `reason` is null when the server answered, else why sending stopped. */
  on_contact(listener: (reason: StopReason | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends what is due. `now_online`: the network came back, so a wait because of it is over. */
  flush(now_online = false): Promise<void> {
    if (now_online && this.stopped === "network") this.#not_before = 0;
    this.#again = this.#running !== null;
    this.#running ??= this.#empty()
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#running = null;
        if (this.#again && this.stopped === null) void this.flush();
      });
    return this.#running;
  }

  async #empty(): Promise<void> {
    if (this.#now() < this.#not_before) return;
    this.stopped = null;
    for (let batch = this.#next_batch(); batch.length > 0 && this.stopped === null; batch = this.#next_batch()) {
      await this.#send(batch);
    }
  }

  async #send(batch: readonly Entry[]): Promise<void> {
    const commands = batch.map((entry) => entry.signed);
    const called = await this.#parts.caller.send<{ answers?: Answer[] }>("POST", "/api/commands", { commands }, 30_000);
    const answers = called.kind === "ok" ? called.data?.answers : undefined;
    if (!is_ours(batch, answers)) return this.#refused(batch, called);
    this.#failures = 0;
    this.#limit = Math.min(BATCH_LIMIT, this.#limit * 2);
    for (const listener of this.#listeners) listener(null);
    await this.#take(batch, answers);
  }

  async #take(batch: readonly Entry[], answers: readonly Answer[]): Promise<void> {
    const pairs = new Map(batch.map((entry, at) => [entry, answers[at] as Answer]));
    await this.#parts.outbox.settle(pairs);
    this.#passed += answers.filter((answer) => answer.answer !== "retry").length;
    for (const [entry, answer] of pairs) {
      if (answer.answer === "retry") this.#wait_for(entry, answer);
      else this.#return_to_line(entry);
    }
    this.#parts.outbox.changed();
  }

  /** Three times `retry` while others passed: it and its stay's later acts step aside, and are tried each minute. */
  #wait_for(entry: Entry, answer: Answer & { answer: "retry" }): void {
    if (answer.reason === EARLIER_WAITS) return;
    if (entry.retries === 0) entry.passed_before = this.#passed;
    entry.retries += 1;
    const others_pass = this.#passed > entry.passed_before;
    entry.not_before = this.#now() + Math.max(answer.after_ms ?? 0, full_jitter(entry.retries, this.#parts.random));
    if (entry.state === "set_aside") entry.not_before = this.#now() + SET_ASIDE_MS;
    else if (entry.retries >= RETRIES_UNTIL_SET_ASIDE && others_pass) this.#set_aside(entry);
  }

  #set_aside(entry: Entry): void {
    entry.not_before = this.#now() + SET_ASIDE_MS;
    for (const later of this.#of_same_stay(entry)) later.state = "set_aside";
  }

  #return_to_line(entry: Entry): void {
    for (const later of this.#of_same_stay(entry)) later.state = "unsent";
  }

  #of_same_stay(entry: Entry): Entry[] {
    const stay = stay_of(entry.command);
    return this.#parts.outbox.entries.filter((one) => is_unsent(one) && stay_of(one.command) === stay);
  }

  /** The oldest due acts, those of troubled stays last; a stay whose first act waits, waits whole. */
  #next_batch(): Entry[] {
    const now = this.#now();
    const waiting = new Set<string | null>();
    const troubled = new Set<string | null>();
    const due: Entry[] = [];
    const last: Entry[] = [];
    for (const entry of this.#parts.outbox.entries.filter(is_unsent)) {
      const stay = stay_of(entry.command);
      if (waiting.has(stay) || troubled.has(stay)) continue;
      if (entry.not_before > now) waiting.add(stay);
      else if (entry.retries === 0) due.push(entry);
      else {
        // Only its first: what comes after must not pass it.
        troubled.add(stay);
        last.push(entry);
      }
    }
    return within([...due, ...last], this.#limit, BATCH_BYTES);
  }

  /** No answers came: nothing is known of these acts, nothing is deleted. */
  async #refused(batch: readonly Entry[], called: Called<unknown>): Promise<void> {
    if (called.kind === "problem" && BECAUSE_OF_CONTENT.includes(called.status)) return this.#send_less(batch);
    const asked_ms = called.kind === "problem" ? (called.retry_after_s ?? 0) * 1000 : 0;
    this.#rest(stop_reason(called), asked_ms);
    if (this.stopped === "error" && this.#failures >= FAILURES_UNTIL_SUSPECT) this.#send_less(batch);
  }

  /** An answer could not be stored here: it will be asked for again, and be the same. */
  #failed(error: unknown): void {
    note_fault(error);
    this.#rest("storage", 1_000);
  }

  #rest(reason: StopReason, at_least_ms: number): void {
    this.stopped = reason;
    this.#failures += 1;
    this.#not_before = this.#now() + at_least_ms + full_jitter(this.#failures, this.#parts.random);
    for (const listener of this.#listeners) listener(reason);
  }

  #send_less(batch: readonly Entry[]): void {
    this.#limit = Math.max(1, Math.floor(batch.length / 2));
    const only = batch.length === 1 ? batch[0] : undefined;
    if (only !== undefined) this.#set_aside(only);
    this.#parts.outbox.changed();
  }

  #now(): number {
    return this.#parts.clock.steady();
  }
}

/** An answer is ours when there is one for each act sent, each naming its act (C8). */
function is_ours(batch: readonly Entry[], answers: Answer[] | undefined): answers is Answer[] {
  if (!Array.isArray(answers) || answers.length !== batch.length) return false;
  return answers.every((one, at) => KNOWN.includes(one?.answer) && (one.id === null || one.id === batch[at]?.id));
}

function within(entries: readonly Entry[], count: number, bytes: number): Entry[] {
  let sum = 0;
  const fits = (entry: Entry) => {
    sum += entry.signed.length + 3;
    return sum <= bytes;
  };
  const taken: Entry[] = [];
  for (const entry of entries.slice(0, count)) {
    if (!fits(entry) && taken.length > 0) break;
    taken.push(entry);
  }
  return taken;
}

function stop_reason(called: Called<unknown>): StopReason {
  if (called.kind === "nothing") return called.why;
  if (called.kind === "ok") return "foreign";
  if (called.status === 401 || called.status === 403) return "device";
  if (called.status === 426) return "update";
  return called.status === 503 || called.status === 429 ? "busy" : "error";
}
