// The tablet's copy of its logs: sealed on the disk and shown from memory, moving together, the disk first.
import type { Bytes } from "./bytes.ts";
import type { Disk, Write } from "./disk.ts";
import { type DataKey, hidden_name, SealBroken, seal_json, unseal_json } from "./keys.ts";
import type { Store } from "./store.ts";
import type { LogLine, Row, RowKey, Seen, Snapshot, StaffRow } from "./wire.ts";

export const FACILITY = "facility";
/** Sealing is done in handfuls, so that thousands of promises do not pile up. */
const HANDFUL = 250;

export type Cursor = { epoch: string; schema: number; seq: number };
export type ReplicaParts = {
  disk: Disk;
  store: Store;
  data_key: () => DataKey | null;
  /** The staff list is readable while the tablet is locked. */
  staff_changed: (staff: readonly StaffRow[]) => Promise<void>;
};

const cursor_key = (log: string) => `cursor:${log}`;
const rows_of = (log: string) => `${log}/`;

export class Replica {
  readonly #parts: ReplicaParts;
  readonly #cursors = new Map<string, Cursor>();

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
  }

  cursor(log: string): Cursor | undefined {
    return this.#cursors.get(log);
  }

  /** How far into each log somebody at this tablet could have read. */
  seen(): Seen[] {
    return [...this.#cursors].map(([log, { epoch, seq }]) => ({ log, epoch, seq }));
  }

  /** Reads these logs from the disk; those followed no longer are wiped, there and in memory. */
  async open(logs: readonly string[]): Promise<void> {
    const kept = await this.#parts.disk.all<Cursor>("clear", cursor_key(""));
    const others = kept.map(([key]) => key.slice(cursor_key("").length)).filter((log) => !logs.includes(log));
    for (const log of others) await this.#wipe(log);
    for (const [key, cursor] of kept) {
      const log = key.slice(cursor_key("").length);
      if (logs.includes(log) && !this.#cursors.has(log)) await this.#read(log, cursor);
    }
  }

  /** Everything goes: the device is no longer ours. */
  async wipe_all(): Promise<void> {
    const kept = await this.#parts.disk.all("clear", cursor_key(""));
    const logs = new Set([...this.#cursors.keys(), ...kept.map(([key]) => key.slice(cursor_key("").length))]);
    for (const log of logs) await this.#wipe(log);
  }

  /** Replaces a log by a snapshot: old rows, new rows and cursor in one transaction. */
  async replace(snapshot: Snapshot): Promise<void> {
    const { log, epoch, schema, seq, rows } = snapshot;
    const cursor = { epoch, schema, seq };
    const writes: Write[] = [{ room: "rows", prefix: rows_of(log), remove: true }, ...(await this.#sealed(log, rows))];
    await this.#parts.disk.write([...writes, { room: "clear", key: cursor_key(log), value: cursor }]);
    this.#cursors.set(log, cursor);
    this.#parts.store.load(log, rows);
    if (log === FACILITY) await this.#tell_staff();
  }

  /**
   * Applies lines that follow the cursor without a gap; older ones are passed over. Returns the ids of the
   * commands now in the replica, or why a pull or a snapshot is needed instead.
   */
  async apply(log: string, lines: readonly LogLine[]): Promise<string[] | "gap" | "reset"> {
    const cursor = this.#cursors.get(log);
    if (cursor === undefined) return "reset";
    const fresh = lines.filter((line) => line.seq > cursor.seq);
    if (fresh.some((line, at) => line.seq !== cursor.seq + 1 + at)) return "gap";
    if (fresh.some((line) => line.reset)) return "reset";
    const last = fresh.at(-1);
    if (last === undefined) return lines.map((line) => line.command_id);
    const next = { ...cursor, seq: last.seq };
    const { puts, removes } = outcome_of(fresh);
    const writes = [...(await this.#removed(log, removes)), ...(await this.#sealed(log, puts))];
    await this.#parts.disk.write([...writes, { room: "clear", key: cursor_key(log), value: next }]);
    this.#cursors.set(log, next);
    this.#parts.store.apply(log, fresh);
    if (log === FACILITY && fresh.some(touches_staff)) await this.#tell_staff();
    return lines.map((line) => line.command_id);
  }

  /** Drops what must not be kept any longer by the server's clock (L4). */
  async sweep(now_ms: number): Promise<void> {
    for (const { log, gone } of this.#parts.store.sweep(now_ms)) {
      await this.#parts.disk.write(await this.#removed(log, gone));
    }
  }

  async #read(log: string, cursor: Cursor): Promise<void> {
    const kept = await this.#parts.disk.all<Bytes>("rows", rows_of(log));
    const key = this.#key();
    try {
      const rows = await by_handfuls(kept, ([place, sealed]) => unseal_json<Row>(key.seal, sealed, `row:${place}`));
      this.#cursors.set(log, cursor);
      this.#parts.store.load(log, rows);
    } catch (error) {
      // A row that was changed on the disk: nothing of this copy is trusted, the server has the record.
      if (!(error instanceof SealBroken)) throw error;
      await this.#wipe(log);
    }
    if (log === FACILITY) await this.#tell_staff();
  }

  async #wipe(log: string): Promise<void> {
    await this.#parts.disk.write([
      { room: "rows", prefix: rows_of(log), remove: true },
      { room: "clear", key: cursor_key(log), remove: true },
    ]);
    this.#cursors.delete(log);
    this.#parts.store.forget(log);
  }

  async #sealed(log: string, rows: readonly Row[]): Promise<Write[]> {
    const key = this.#key();
    return by_handfuls(rows, async (row): Promise<Write> => {
      const place = rows_of(log) + (await hidden_name(key, row.type, row.key));
      return { room: "rows", key: place, value: await seal_json(key.seal, row, `row:${place}`) };
    });
  }

  async #removed(log: string, keys: readonly RowKey[]): Promise<Write[]> {
    const key = this.#key();
    return by_handfuls(keys, async (one): Promise<Write> => {
      return { room: "rows", key: rows_of(log) + (await hidden_name(key, one.type, one.key)), remove: true };
    });
  }

  async #tell_staff(): Promise<void> {
    await this.#parts.staff_changed(this.#parts.store.rows("staff"));
  }

  #key(): DataKey {
    const key = this.#parts.data_key();
    if (key === null) throw new Error("nobody has unlocked this tablet yet");
    return key;
  }
}

/** What many lines come to: the last word on each row, so that it is sealed once. */
function outcome_of(lines: readonly LogLine[]): { puts: Row[]; removes: RowKey[] } {
  const last = new Map<string, Row | null>();
  const named = new Map<string, RowKey>();
  for (const line of lines) {
    for (const row of line.puts) last.set(`${row.type}\u0000${row.key}`, row);
    for (const key of line.removes) {
      last.set(`${key.type}\u0000${key.key}`, null);
      named.set(`${key.type}\u0000${key.key}`, key);
    }
  }
  const puts = [...last.values()].filter((row) => row !== null);
  return { puts, removes: [...named].filter(([id]) => last.get(id) === null).map(([, key]) => key) };
}

function touches_staff(line: LogLine): boolean {
  return line.puts.some((row) => row.type === "staff") || line.removes.some((key) => key.type === "staff");
}

async function by_handfuls<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  for (let at = 0; at < items.length; at += HANDFUL) {
    done.push(...(await Promise.all(items.slice(at, at + HANDFUL).map(work))));
  }
  return done;
}
