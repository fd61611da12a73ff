// What a tablet keeps over a restart: one database, written in whole strict transactions, patient data sealed before it comes here.
import { type IDBPDatabase, type IDBPObjectStore, openDB } from "idb";

/** `clear` holds names, counters and wrapped keys; the others hold sealed bytes under hidden names. */
export const ROOMS = ["clear", "rows", "outbox", "drafts"] as const;
export type Room = (typeof ROOMS)[number];

export type Write =
  | { room: Room; key: string; value: unknown }
  | { room: Room; key: string; remove: true }
  | { room: Room; prefix: string; remove: true };

export type Disk = {
  get<T>(room: Room, key: string): Promise<T | undefined>;
  /** Every [key, value] whose key begins with `prefix`, in key order. */
  all<T>(room: Room, prefix?: string): Promise<[string, T][]>;
  /** All of it or none of it, in order, flushed before it resolves. Memory may change only after that. */
  write(writes: readonly Write[]): Promise<void>;
  close(): void;
};

const AFTER_ALL_KEYS = "\uffff";

/** The browser's own database. Throws where the browser refuses storage. */
export async function open_disk(name = "bedside", on_closed: () => void = () => undefined): Promise<Disk> {
  const database = await openDB(name, 1, {
    upgrade(fresh) {
      for (const room of ROOMS) fresh.createObjectStore(room);
    },
    terminated: on_closed,
  });
  return {
    get: (room, key) => database.get(room, key),
    all: (room, prefix = "") => read_all(database, room, prefix),
    write: (writes) => write_all(database, writes),
    close: () => database.close(),
  };
}

async function read_all<T>(database: IDBPDatabase, room: Room, prefix: string): Promise<[string, T][]> {
  const transaction = database.transaction(room);
  const range = IDBKeyRange.bound(prefix, prefix + AFTER_ALL_KEYS);
  const [keys, values] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
  return keys.map((key, at) => [String(key), values[at] as T]);
}

async function write_all(database: IDBPDatabase, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  const rooms = [...new Set(writes.map((write) => write.room))];
  const transaction = database.transaction(rooms, "readwrite", { durability: "strict" });
  const done = transaction.done;
  try {
    await Promise.all([...writes.map((write) => ask(transaction.objectStore(write.room), write)), done]);
  } catch (error) {
    // A value that cannot be stored throws before the transaction knows of it; none of it may stay.
    try {
      transaction.abort();
    } catch {
      // Already over: the failure was the transaction's own.
    }
    await done.catch(() => undefined);
    throw error;
  }
}

function ask(store: IDBPObjectStore<unknown, Room[], Room, "readwrite">, write: Write): Promise<unknown> {
  if ("value" in write) return store.put(write.value, write.key);
  return store.delete("key" in write ? write.key : IDBKeyRange.bound(write.prefix, write.prefix + AFTER_ALL_KEYS));
}

/** A visitor's disk: everything in memory but the few clear things that name the browser itself. */
export function visitor_disk(below: Disk, is_kept: (key: string) => boolean): Disk {
  const rooms = new Map<Room, Map<string, unknown>>(ROOMS.map((room) => [room, new Map()]));
  const stays_below = (write: Write) => write.room === "clear" && "key" in write && is_kept(write.key);
  return {
    async get<T>(room: Room, key: string): Promise<T | undefined> {
      if (room === "clear" && is_kept(key)) return below.get<T>(room, key);
      return rooms.get(room)?.get(key) as T | undefined;
    },
    async all<T>(room: Room, prefix = ""): Promise<[string, T][]> {
      const found = [...(rooms.get(room) ?? [])].filter(([key]) => key.startsWith(prefix)) as [string, T][];
      return found.sort(([a], [b]) => (a < b ? -1 : 1));
    },
    async write(writes: readonly Write[]): Promise<void> {
      await below.write(writes.filter(stays_below));
      for (const write of writes.filter((one) => !stays_below(one))) apply(rooms.get(write.room) ?? new Map(), write);
    },
    close: () => below.close(),
  };
}

function apply(room: Map<string, unknown>, write: Write): void {
  if ("value" in write) room.set(write.key, write.value);
  else if ("key" in write) room.delete(write.key);
  else for (const key of [...room.keys()].filter((one) => one.startsWith(write.prefix))) room.delete(key);
}
