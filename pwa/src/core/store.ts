// The replica in memory: rows by log, type and key; one merged view over all followed logs, indexed by stay.
import type { LogLine, Row, RowKey, RowOf, Rows, RowType } from "./wire.ts";

/** One row that changed, for whoever shows it. */
export type Change = { type: string; key: string; stays: readonly (string | null)[] };
type Table = Map<string, Row>;

const NONE: readonly never[] = [];

export class Store implements Rows {
  readonly #logs = new Map<string, Map<string, Table>>();
  readonly #merged = new Map<string, Table>();
  readonly #by_stay = new Map<string, Map<string, Table>>();
  readonly #lists = new Map<string, readonly Row[]>();
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();
  #next_expiry = Number.POSITIVE_INFINITY;

  rows<T extends RowType>(type: T): readonly RowOf<T>[] {
    return this.#list(type, () => this.#merged.get(type));
  }

  row<T extends RowType>(type: T, key: string): RowOf<T> | undefined {
    return this.#merged.get(type)?.get(key) as RowOf<T> | undefined;
  }

  of_stay<T extends RowType>(type: T, stay_id: string): readonly RowOf<T>[] {
    return this.#list(`${type}\u0000${stay_id}`, () => this.#by_stay.get(type)?.get(stay_id));
  }

  /** Called after every change, with the rows that changed. Returns the way to stop. */
  on_change(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Replaces one log by a snapshot's rows. */
  load(log: string, rows: readonly Row[]): void {
    const before = [...(this.#logs.get(log)?.values() ?? [])].flatMap((table) => [...table.values()]);
    const staying = new Set(rows.map((row) => `${row.type}\u0000${row.key}`));
    const gone = before.filter((row) => !staying.has(`${row.type}\u0000${row.key}`));
    this.#tell(this.#change(log, rows, gone));
  }

  /** Puts each row, then deletes each removed: the same for every line, for ever (L3). Tells once for all lines. */
  apply(log: string, lines: readonly Pick<LogLine, "puts" | "removes">[]): void {
    this.#tell(lines.flatMap((line) => this.#change(log, line.puts, line.removes)));
  }

  forget(log: string): void {
    this.load(log, NONE);
    this.#logs.delete(log);
  }

  /** Drops rows whose `keep_until` is not after `now_ms` (L4); returns what each log lost. */
  sweep(now_ms: number): { log: string; gone: Row[] }[] {
    if (now_ms < this.#next_expiry) return [];
    this.#next_expiry = Number.POSITIVE_INFINITY;
    const lost: { log: string; gone: Row[] }[] = [];
    for (const [log, types] of this.#logs) {
      const rows = [...types.values()].flatMap((table) => [...table.values()]);
      const gone = rows.filter((row) => expiry_of(row) <= now_ms);
      for (const row of rows) if (expiry_of(row) > now_ms) this.#note_expiry(row);
      if (gone.length > 0) lost.push({ log, gone });
    }
    this.#tell(lost.flatMap(({ log, gone }) => this.#change(log, NONE, gone)));
    return lost;
  }

  /** Every row of one log, in no order. */
  of_log(log: string): Row[] {
    return [...(this.#logs.get(log)?.values() ?? [])].flatMap((table) => [...table.values()]);
  }

  #change(log: string, puts: readonly Row[], removes: readonly RowKey[]): Change[] {
    const changes: Change[] = [];
    for (const row of puts) {
      table_of(this.#tables(log), row.type).set(row.key, row);
      this.#note_expiry(row);
      changes.push(this.#merge(row.type, row.key, row));
    }
    for (const { type, key } of removes) {
      if (this.#logs.get(log)?.get(type)?.delete(key) !== true) continue;
      changes.push(this.#merge(type, key, this.#elsewhere(type, key)));
    }
    return changes;
  }

  #tell(changes: readonly Change[]): void {
    if (changes.length > 0) for (const listener of this.#listeners) listener(changes);
  }

  #tables(log: string): Map<string, Table> {
    const found = this.#logs.get(log) ?? new Map<string, Table>();
    this.#logs.set(log, found);
    return found;
  }

  /** A row may stand in two logs (a stay in transfer); what one log removed the other may still hold. */
  #elsewhere(type: string, key: string): Row | undefined {
    for (const types of this.#logs.values()) {
      const row = types.get(type)?.get(key);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  #merge(type: string, key: string, row: Row | undefined): Change {
    const table = table_of(this.#merged, type);
    const before = table.get(key);
    if (row === undefined) table.delete(key);
    else table.set(key, row);
    this.#lists.delete(type);
    for (const stay of new Set([before?.stay_id ?? null, row?.stay_id ?? null])) {
      if (stay === null) continue;
      const rows = this.#stay_table(type, stay);
      if (row?.stay_id === stay) rows.set(key, row);
      else rows.delete(key);
      this.#lists.delete(`${type}\u0000${stay}`);
    }
    return { type, key, stays: [...new Set([before?.stay_id ?? null, row?.stay_id ?? null])] };
  }

  #stay_table(type: string, stay_id: string): Table {
    const stays = this.#by_stay.get(type) ?? new Map<string, Table>();
    this.#by_stay.set(type, stays);
    return table_of(stays, stay_id);
  }

  #list<T extends RowType>(name: string, table: () => Table | undefined): readonly RowOf<T>[] {
    const kept = this.#lists.get(name);
    if (kept !== undefined) return kept as readonly RowOf<T>[];
    const made: readonly Row[] = [...(table()?.values() ?? [])];
    this.#lists.set(name, made);
    return made as readonly RowOf<T>[];
  }

  #note_expiry(row: Row): void {
    this.#next_expiry = Math.min(this.#next_expiry, expiry_of(row));
  }
}

function table_of(tables: Map<string, Table>, name: string): Table {
  const found = tables.get(name) ?? new Map<string, Row>();
  tables.set(name, found);
  return found;
}

function expiry_of(row: Row): number {
  return row.keep_until === null ? Number.POSITIVE_INFINITY : Date.parse(row.keep_until);
}
