// Follows logs: snapshot, then changes, then the stream; every step durable before it is shown.
import { full_jitter } from "./backoff.ts";
import type { Caller } from "./call.ts";
import type { Clock } from "./clock.ts";
import { note_fault } from "./fault.ts";
import type { Replica } from "./replica.ts";
import type { Changes, Freshness, LogLine, Snapshot } from "./wire.ts";

/** No tick for so long: what is shown may be old, and says so (S4). */
export const STALE_MS = 5_000;
/** No tick for so long on an open socket: it is half open; begin again. */
export const DEAD_MS = 12_000;
const PULL_LIMIT = 500;

export type Socket = { send(text: string): void; close(): void };
export type SocketEvents = { open(): void; message(text: string): void; close(): void };
export type OpenSocket = (path: string, events: SocketEvents) => Socket;

export type FeedEvents = {
  /** These commands' rows are in the replica now. */
  echoed(command_ids: readonly string[]): Promise<void>;
  /** At this tick every followed log was complete. */
  complete_tick(): Promise<void>;
  /** The server was restored: it may have lost what it once confirmed. */
  new_epoch(epoch: string): Promise<void>;
  /** The device's credential or its wards are not what we think (401, 403, revoked): ask again. */
  device_doubted(): void;
  /** Freshness, cursors or connection changed. */
  changed(): void;
};
export type FeedParts = {
  replica: Replica;
  caller: Caller;
  clock: Clock;
  random: () => number;
  open_socket: OpenSocket;
  events: FeedEvents;
};

type Tick = { type: "tick"; at: string; epoch: string; schema: number; heads: { [log: string]: number } };
type Message =
  | { type: "line"; line: LogLine }
  | { type: "behind"; log: string; seq: number }
  | Tick
  | { type: "closed"; reason: string };

export class Feed {
  readonly #parts: FeedParts;
  #logs: readonly string[] = [];
  #socket: Socket | null = null;
  #open = false;
  #queue: Message[] = [];
  #chain: Promise<void> = Promise.resolve();
  #busy = 0;
  #sweeping = false;
  #last_tick: Tick | null = null;
  #heard_at = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #connect_at = 0;
  #following = false;
  readonly #as_of = new Map<string, string>();

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  get following(): boolean {
    return this.#following;
  }

  get logs(): readonly string[] {
    return this.#logs;
  }

  /** Reads these logs from the disk and follows them. Logs followed no longer are wiped. */
  async follow(logs: readonly string[]): Promise<void> {
    this.#drop_socket();
    this.#logs = [...logs].sort();
    this.#following = true;
    await this.#in_turn(() => this.#parts.replica.open(this.#logs));
    this.#parts.events.changed();
    this.#connect_at = 0;
    await this.#in_turn(() => this.#connect());
  }

  stop(): void {
    this.#following = false;
    this.#drop_socket();
  }

  /** The network came back, or the screen was woken: no more waiting. */
  async wake(): Promise<void> {
    this.#connect_at = 0;
    this.#failures = 0;
    if (this.#following && this.#socket === null && this.#busy === 0) await this.#in_turn(() => this.#connect());
  }

  /** Call each second: notices silence, connects when it is time, drops what has expired. */
  async second(): Promise<void> {
    if (!this.#following) return;
    if (this.#socket !== null && this.#steady() - this.#heard_at > DEAD_MS) this.#drop_socket();
    const is_time = this.#socket === null && this.#steady() >= this.#connect_at;
    if (is_time && this.#busy === 0) await this.#in_turn(() => this.#connect());
    if (this.#sweeping) return;
    this.#sweeping = true;
    await this.#in_turn(() => this.#parts.replica.sweep(this.#parts.clock.now()));
    this.#sweeping = false;
  }

  freshness(log: string): Freshness {
    const stale = this.#steady() - this.#heard_at > STALE_MS;
    const head = this.#last_tick?.heads[log];
    const cursor = this.#parts.replica.cursor(log);
    const complete = !stale && this.#open && head !== undefined && cursor !== undefined && head <= cursor.seq;
    return { as_of: this.#as_of.get(log) ?? null, complete, stale, connected: this.#open && !stale };
  }

  /** Resolves when everything heard so far is applied. */
  async settled(): Promise<void> {
    while (this.#busy > 0) await this.#chain;
  }

  /** One thing at a time touches the replica. A failure drops the socket: the cursor says where to begin again. */
  #in_turn(work: () => Promise<void>): Promise<void> {
    this.#busy += 1;
    this.#chain = this.#chain.then(work).catch((error: unknown) => {
      this.#drop_socket();
      note_fault(error);
    });
    this.#chain = this.#chain.finally(() => {
      this.#busy -= 1;
    });
    return this.#chain;
  }

  async #connect(): Promise<void> {
    this.#connect_at = this.#steady() + full_jitter(this.#failures + 2, this.#parts.random, 500, 15_000);
    this.#failures += 1;
    for (const log of this.#logs) if (!(await this.#make_ready(log))) return;
    if (!this.#following || this.#socket !== null) return;
    const cursors = this.#logs.map((log) => `${log}:${this.#parts.replica.cursor(log)?.seq ?? 0}`);
    this.#heard_at = Math.max(this.#heard_at, this.#steady() - STALE_MS - 1);
    const socket: Socket = this.#parts.open_socket(`/api/stream?logs=${cursors.join(",")}`, {
      open: () => this.#is_now(socket) && this.#opened(),
      message: (text) => this.#is_now(socket) && this.#heard(text),
      close: () => this.#is_now(socket) && this.#drop_socket(),
    });
    this.#socket = socket;
  }

  /** A log without a cursor needs its snapshot; after failures the plain way is tried too, and tells why. */
  async #make_ready(log: string): Promise<boolean> {
    if (this.#parts.replica.cursor(log) === undefined) return this.#take_snapshot(log);
    return this.#failures <= 1 || this.#pull(log);
  }

  #is_now(socket: Socket): boolean {
    return this.#socket === socket;
  }

  #opened(): void {
    this.#open = true;
    this.#parts.events.changed();
  }

  #drop_socket(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#open = false;
    this.#queue = [];
    socket?.close();
    this.#parts.events.changed();
  }

  #heard(text: string): void {
    const message = parsed(text);
    if (message === null) this.#drop_socket();
    else if (this.#queue.push(message) === 1) void this.#in_turn(() => this.#take_queue());
  }

  async #take_queue(): Promise<void> {
    const messages = this.#queue;
    this.#queue = [];
    await this.#take(messages);
  }

  /** Runs of lines become one transaction for each log; the rest in the order heard. */
  async #take(messages: readonly Message[]): Promise<void> {
    let lines = new Map<string, LogLine[]>();
    for (const message of messages) {
      if (message.type === "line") {
        const { log } = message.line;
        lines.set(log, [...(lines.get(log) ?? []), message.line]);
        continue;
      }
      await this.#apply_all(lines);
      lines = new Map();
      if (message.type === "behind") await this.#pull(message.log);
      if (message.type === "tick") await this.#ticked(message);
      if (message.type === "closed") return this.#closed();
    }
    await this.#apply_all(lines);
  }

  async #apply_all(lines: ReadonlyMap<string, LogLine[]>): Promise<void> {
    for (const [log, of_log] of lines) await this.#apply(log, of_log);
    if (lines.size > 0) this.#send_cursors();
  }

  async #apply(log: string, lines: readonly LogLine[]): Promise<void> {
    const applied = await this.#parts.replica.apply(log, lines);
    if (applied === "gap") await this.#pull(log);
    else if (applied === "reset") await this.#take_snapshot(log);
    else await this.#parts.events.echoed(applied);
    this.#parts.events.changed();
  }

  async #ticked(tick: Tick): Promise<void> {
    for (const log of this.#logs) {
      const cursor = this.#parts.replica.cursor(log);
      const head = tick.heads[log];
      if (cursor !== undefined && (cursor.epoch !== tick.epoch || cursor.schema !== tick.schema))
        await this.#take_snapshot(log);
      else if (cursor === undefined || (head !== undefined && head > cursor.seq)) await this.#pull(log);
      const now_at = this.#parts.replica.cursor(log);
      if (head !== undefined && now_at !== undefined && head <= now_at.seq) this.#as_of.set(log, tick.at);
    }
    this.#last_tick = tick;
    this.#heard_at = this.#steady();
    this.#failures = 0;
    if (this.#logs.every((log) => this.freshness(log).complete)) await this.#parts.events.complete_tick();
    this.#parts.events.changed();
  }

  #closed(): void {
    this.#drop_socket();
    this.#parts.events.device_doubted();
  }

  /** Lines after the cursor, page by page, until the log's end. False when the server did not give them. */
  async #pull(log: string): Promise<boolean> {
    for (;;) {
      const cursor = this.#parts.replica.cursor(log);
      if (cursor === undefined) return this.#take_snapshot(log);
      const query = `after=${cursor.seq}&epoch=${encodeURIComponent(cursor.epoch)}&limit=${PULL_LIMIT}`;
      const called = await this.#parts.caller.get<Changes>(`/api/logs/${log}/changes?${query}`);
      if (called.kind !== "ok") return this.#not_given(called);
      const { reset, epoch, schema, lines, seq } = called.data;
      if (reset || epoch !== cursor.epoch || schema !== cursor.schema) return this.#take_snapshot(log);
      if (lines.length === 0) return true;
      const applied = await this.#parts.replica.apply(log, lines);
      if (applied === "gap" || applied === "reset") return this.#take_snapshot(log);
      await this.#parts.events.echoed(applied);
      this.#parts.events.changed();
      if ((this.#parts.replica.cursor(log)?.seq ?? 0) >= seq) return true;
    }
  }

  async #take_snapshot(log: string): Promise<boolean> {
    const called = await this.#parts.caller.get<Snapshot>(`/api/logs/${log}/snapshot`);
    if (called.kind !== "ok") return this.#not_given(called);
    const before = this.#parts.replica.cursor(log)?.epoch;
    await this.#parts.replica.replace(called.data);
    if (before !== undefined && before !== called.data.epoch) await this.#parts.events.new_epoch(called.data.epoch);
    await this.#parts.events.echoed(called.data.rows.map((row) => row.command_id ?? ""));
    this.#parts.events.changed();
    return true;
  }

  #not_given(called: { kind: "nothing" } | { kind: "problem"; status: number }): false {
    if (called.kind === "problem" && [401, 403, 404].includes(called.status)) this.#parts.events.device_doubted();
    return false;
  }

  #send_cursors(): void {
    const held = this.#logs.map((log) => [log, this.#parts.replica.cursor(log)?.seq ?? 0] as const);
    this.#socket?.send(JSON.stringify({ type: "cursors", cursors: Object.fromEntries(held) }));
  }

  #steady(): number {
    return this.#parts.clock.steady();
  }
}

function parsed(text: string): Message | null {
  try {
    const message = JSON.parse(text) as Message;
    return ["line", "behind", "tick", "closed"].includes(message.type) ? message : null;
  } catch {
    return null;
  }
}
