// The parts that hold patients' data, made for one disk; a browser that becomes another device makes them anew.
import type { Caller } from "./call.ts";
import type { Clock } from "./clock.ts";
import type { Disk } from "./disk.ts";
import { Drafts } from "./drafts.ts";
import { Feed } from "./feed.ts";
import { Outbox } from "./outbox.ts";
import type { Outside } from "./outside.ts";
import type { People } from "./people.ts";
import { Replica } from "./replica.ts";
import { Sender } from "./sending.ts";
import type { Store } from "./store.ts";

export type Parts = { replica: Replica; outbox: Outbox; sender: Sender; feed: Feed; drafts: Drafts };
export type Ground = { outside: Outside; disk: Disk; clock: Clock; caller: Caller };
export type Hooks = {
  store: Store;
  rules: () => string;
  outbox_changed: (outbox: Outbox) => void;
  feed_changed: () => void;
  new_epoch: (epoch: string) => Promise<void>;
  device_doubted: () => void;
};

export function make_parts(ground: Ground, people: People, hooks: Hooks): Parts {
  const { outside, disk, clock, caller } = ground;
  const { random, random_bytes, exclusive, app, open_socket } = outside;
  const data_key = () => people.data_key;
  const replica = new Replica({
    disk,
    store: hooks.store,
    data_key,
    staff_changed: (staff) => people.keep_staff(staff),
  });
  const seen = () => replica.seen();
  const outbox = new Outbox({ disk, clock, random: random_bytes, exclusive, data_key, seen, app, rules: hooks.rules });
  outbox.on_change(() => hooks.outbox_changed(outbox));
  const sender = new Sender({ outbox, caller, clock, random });
  const events = {
    echoed: (ids: readonly string[]) => outbox.echoed(ids),
    complete_tick: () => outbox.complete_tick(),
    new_epoch: hooks.new_epoch,
    device_doubted: hooks.device_doubted,
    changed: hooks.feed_changed,
  };
  const feed = new Feed({ replica, caller, clock, random, open_socket, events });
  return { replica, outbox, sender, feed, drafts: new Drafts({ disk, clock, data_key }) };
}
