// What a screen shows: the replica, and over it the previews of every act that is not yet in the record's lines.
import { note_fault } from "./fault.ts";
import type { Change, Store } from "./store.ts";
import type { Command, Preview, Previews, Row, RowOf, Rows, RowType } from "./wire.ts";

/** An act whose rows are not in the replica yet. */
export type Pending = { id: string; command: Command; author_id: string };
/** Runs a function soon, once per frame: many lines then cost one new overlay. */
export type Defer = (work: () => void) => void;
type Overlay = Map<string, Row>;

const id_of = (type: string, key: string) => `${type}\u0000${key}`;

export class View implements Rows {
  readonly #store: Store;
  #previews: Previews = {};
  readonly #now: () => number;
  readonly #defer: Defer;
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();
  readonly #lists = new Map<string, readonly Row[]>();
  #overlay: Overlay = new Map();
  #pending: readonly Pending[] = [];
  #shown = 0;
  #untold: Change[] = [];
  #deferred = false;
  #making = false;

  constructor(store: Store, now: () => number, defer: Defer) {
    this.#store = store;
    this.#now = now;
    this.#defer = defer;
    store.on_change((changes) => {
      this.#again();
      this.#tell_soon(changes);
    });
  }

  rows<T extends RowType>(type: T): readonly RowOf<T>[] {
    this.#fresh();
    return this.#merged(type, this.#store.rows(type), (row) => row.type === type);
  }

  row<T extends RowType>(type: T, key: string): RowOf<T> | undefined {
    this.#fresh();
    return (this.#overlay.get(id_of(type, key)) as RowOf<T> | undefined) ?? this.#store.row(type, key);
  }

  of_stay<T extends RowType>(type: T, stay_id: string): readonly RowOf<T>[] {
    this.#fresh();
    const of_this = (row: Row) => row.type === type && row.stay_id === stay_id;
    return this.#merged(id_of(type, stay_id), this.#store.of_stay(type, stay_id), of_this);
  }

  /** Called with what changed, at most once per deferral. Returns the way to stop. */
  on_change(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The previews, once they are loaded. */
  use(previews: Previews): void {
    this.#previews = previews;
    this.#again();
    this.#tell_soon([]);
  }

  /** The acts to show over the replica, in the order they were done. */
  show(pending: readonly Pending[]): void {
    const grew = pending.length >= this.#pending.length && this.#pending.every((one, at) => pending[at]?.id === one.id);
    if (grew && pending.length === this.#pending.length) return;
    this.#pending = pending;
    if (!grew) this.#again();
    this.#tell_soon([]);
  }

  /** The overlay must be made anew: what it covered counts as changed. */
  #again(): void {
    this.#lists.clear();
    if (this.#shown === 0) return;
    this.#untold.push(...[...this.#overlay.values()].map(change_of));
    this.#overlay = new Map();
    this.#shown = 0;
  }

  /** Previews what is not shown yet. A preview reads what those before it made, and no further. */
  #fresh(): void {
    if (this.#making) return;
    this.#making = true;
    for (; this.#shown < this.#pending.length; this.#shown += 1) {
      const one = this.#pending[this.#shown];
      if (one !== undefined) this.#preview(one);
    }
    this.#making = false;
  }

  #preview(pending: Pending): void {
    const preview = this.#previews[pending.command.kind] as Preview<Command> | undefined;
    if (preview === undefined) return;
    for (const row of made_by(preview, pending, this, new Date(this.#now()).toISOString())) {
      this.#overlay.set(id_of(row.type, row.key), row);
      this.#untold.push(change_of(row));
      this.#lists.clear();
    }
  }

  #tell_soon(changes: readonly Change[]): void {
    this.#untold.push(...changes);
    if (this.#deferred) return;
    this.#deferred = true;
    this.#defer(() => {
      this.#deferred = false;
      this.#fresh();
      const told = this.#untold;
      this.#untold = [];
      if (told.length > 0) for (const listener of this.#listeners) listener(told);
    });
  }

  #merged<T extends RowType>(
    name: string,
    stored: readonly RowOf<T>[],
    wanted: (row: Row) => boolean,
  ): readonly RowOf<T>[] {
    if (this.#overlay.size === 0) return stored;
    const kept = this.#lists.get(name);
    if (kept !== undefined) return kept as readonly Row[] as readonly RowOf<T>[];
    const over = [...this.#overlay.values()].filter(wanted) as RowOf<T>[];
    const bare = stored.filter((row) => !this.#overlay.has(id_of(row.type, row.key)));
    const made = over.length === 0 && bare.length === stored.length ? stored : [...bare, ...over];
    this.#lists.set(name, made);
    return made;
  }
}

/** A preview that fails shows nothing: the act itself is safe in the outbox, and the list still shows it. */
function made_by(preview: Preview<Command>, { command, author_id }: Pending, rows: Rows, now: string): Row[] {
  try {
    return preview(command, rows, now, author_id);
  } catch (error) {
    note_fault(error);
    return [];
  }
}

function change_of(row: Row): Change {
  return { type: row.type, key: row.key, stays: [row.stay_id] };
}
