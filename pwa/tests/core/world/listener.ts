// One socket on the hospital's side: tells lines and ticks, keeps receipts, can lose what it should tell.
import type { Socket, SocketEvents } from "../../../src/core/feed.ts";
import type { LogLine } from "../../../src/core/wire.ts";
import type { Hospital } from "./hospital.ts";

/** One socket on the server's side. */
export class Listener implements Socket {
  readonly #hospital: Hospital;
  readonly #events: SocketEvents;
  readonly cursors = new Map<string, number>();
  /** What the client last said it holds. */
  receipts: { [log: string]: number } = {};
  /** Lines are lost on the way while this is set. */
  loses = false;

  constructor(hospital: Hospital, logs: string, events: SocketEvents) {
    this.#hospital = hospital;
    this.#events = events;
    for (const part of logs.split(",")) {
      const [log = "", seq = "0"] = part.split(":");
      this.cursors.set(log, Number(seq));
    }
  }

  open(): void {
    this.#hospital.sockets.add(this);
    this.#events.open();
    for (const [log, cursor] of this.cursors) {
      for (const line of this.#hospital.log(log).lines) if (line.seq > cursor) this.offer(line);
    }
    this.tick();
  }

  offer(line: LogLine): void {
    if (this.loses || !this.cursors.has(line.log)) return;
    this.#events.message(JSON.stringify({ type: "line", line }));
  }

  behind(log: string, seq: number): void {
    this.#events.message(JSON.stringify({ type: "behind", log, seq }));
  }

  tick(): void {
    const { epoch, schema } = this.#hospital;
    const heads = Object.fromEntries([...this.cursors.keys()].map((log) => [log, this.#hospital.log(log).seq]));
    this.#events.message(JSON.stringify({ type: "tick", at: this.#hospital.now(), epoch, schema, heads }));
  }

  send(text: string): void {
    this.receipts = { ...this.receipts, ...JSON.parse(text).cursors };
  }

  /** The client lets go. */
  close(): void {
    this.#hospital.sockets.delete(this);
  }

  /** The server or the network lets go. */
  drop(): void {
    this.#hospital.sockets.delete(this);
    this.#events.close();
  }
}
