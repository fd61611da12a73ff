// The one object screens use: the core made reactive, row by row and frame by frame.
import { createSubscriber } from "svelte/reactivity";
import { create_api } from "../core/api.ts";
import { shown } from "../core/outbox.ts";
import { DEFAULT_SETTINGS } from "../core/outside.ts";
import type { Change } from "../core/store.ts";
import { TabletCore } from "../core/tablet.ts";
import type { Freshness, OutboxEntry, Outcome, RowOf, RowType, Settings } from "../core/wire.ts";
import { browser_outside, only_tab, what_is_missing } from "./browser.ts";
import type { RefusedReason, Tablet } from "./tablet_types.ts";
import { allow_own_workers } from "./trusted.ts";
import { follow_updates, updates } from "./updates.svelte.ts";

export type { RefusedReason, Tablet } from "./tablet_types.ts";

type Hearer = { hear: () => void; update: () => void };

const SECOND_MS = 1_000;
const NOT_YET: Outcome = { ok: false, code: "starting" };
const SILENT: Freshness = { as_of: null, complete: false, stale: true, connected: false };

let core = $state.raw<TabletCore | null>(null);
let refused = $state.raw<RefusedReason | null>(null);
let now = $state(Date.now());
let chosen_ward = $state.raw<string | null>(null);
let persisted = $state.raw(false);

/** What reads a thing hears when that thing changes, and nothing else. */
const hearers = new Map<string, Hearer>();

function hear(name: string): void {
  if (!$effect.tracking()) return;
  let hearer = hearers.get(name);
  if (hearer === undefined) {
    const made: Hearer = { hear() {}, update() {} };
    made.hear = createSubscriber((update) => {
      made.update = update;
      hearers.set(name, made);
      return () => hearers.delete(name);
    });
    hearer = made;
    hearers.set(name, made);
  }
  hearer.hear();
}

function tell(name: string): void {
  hearers.get(name)?.update();
}

function tell_rows(changes: readonly Change[]): void {
  const names = new Set<string>();
  for (const { type, key, stays } of changes) {
    names.add(`rows ${type}`).add(`row ${type} ${key}`);
    for (const stay of stays) if (stay !== null) names.add(`stay ${type} ${stay}`);
  }
  for (const name of names) tell(name);
}

function of_core<T>(part: string, read: (tablet: TabletCore) => T, before: T): T {
  hear(part);
  return core === null ? before : read(core);
}

async function must_be_open<T>(work: (tablet: TabletCore, staff_id: string) => Promise<T>): Promise<T> {
  const person = core?.people.person ?? null;
  if (core === null || person === null) throw new Error("the tablet is locked");
  return work(core, person.staff_id);
}

let entries: readonly OutboxEntry[] = [];
let entries_are_old = true;

function outbox_entries(tablet: TabletCore): readonly OutboxEntry[] {
  if (entries_are_old) entries = tablet.outbox.entries.filter((entry) => !entry.dismissed).map(shown);
  entries_are_old = false;
  return entries;
}

const outbox: Tablet["outbox"] = {
  get unsent() {
    return of_core("outbox", (tablet) => tablet.outbox.unsent, 0);
  },
  get oldest_at() {
    return of_core("outbox", (tablet) => tablet.outbox.oldest_at, null);
  },
  get entries() {
    return of_core("outbox", outbox_entries, []);
  },
  dismiss: async (command_id) => core?.outbox.dismiss(command_id),
};

export const tablet: Tablet = {
  get phase() {
    if (refused !== null) return "refused";
    return of_core("state", (tablet) => tablet.phase, "starting");
  },
  get refused_reason() {
    return refused;
  },
  get device() {
    return of_core("state", (tablet) => tablet.device, null);
  },
  get facility() {
    return of_core("state", (tablet) => tablet.facility, { name: "", demo: false });
  },
  get person() {
    return of_core("state", (tablet) => tablet.people.person, null);
  },
  get staff() {
    return of_core("state", (tablet) => tablet.people.staff, []);
  },
  get last_person() {
    return now > 0 ? of_core("state", (tablet) => tablet.last_person, null) : null;
  },
  get can_unlock() {
    return of_core("state", (tablet) => tablet.people.can_unlock, []);
  },
  get now() {
    return now;
  },
  get clock() {
    return of_core("state", (tablet) => tablet.clock.reading(), null);
  },
  get ward_id() {
    const wards = this.wards;
    if (chosen_ward !== null && wards.includes(chosen_ward)) return chosen_ward;
    return wards.find((ward) => this.person?.wards.includes(ward)) ?? wards[0] ?? null;
  },
  get wards() {
    return of_core("state", (tablet) => tablet.device?.wards ?? [], []);
  },
  choose_ward(ward_id) {
    chosen_ward = ward_id;
  },
  freshness(log) {
    return now > 0 ? of_core("feed", (tablet) => tablet.feed.freshness(log), SILENT) : SILENT;
  },
  get loading() {
    return of_core("feed", (tablet) => tablet.loading, true);
  },
  outbox,
  rows: <T extends RowType>(type: T) =>
    of_core<readonly RowOf<T>[]>(`rows ${type}`, (tablet) => tablet.view.rows(type), []),
  row: (type, key) => of_core(`row ${type} ${key}`, (tablet) => tablet.view.row(type, key), undefined),
  of_stay: <T extends RowType>(type: T, stay_id: string) =>
    of_core<readonly RowOf<T>[]>(`stay ${type} ${stay_id}`, (tablet) => tablet.view.of_stay(type, stay_id), []),
  tick: (command_id) => of_core("outbox", (tablet) => tablet.tick(command_id), "solid"),
  report: (kind, payload, told = []) => must_be_open((tablet) => tablet.report(kind, payload, told)),
  request: (kind, payload, told = []) => must_be_open((tablet) => tablet.request(kind, payload, told)),
  enrol: async (code) => core?.enrol(code) ?? NOT_YET,
  sign_in: async (how) => core?.sign_in(how) ?? NOT_YET,
  unlock: async (staff_id, pin) => core?.unlock(staff_id, pin) ?? NOT_YET,
  lock: () => core?.lock(),
  sign_out: async () => core?.sign_out() ?? NOT_YET,
  set_secret: async (secrets) => core?.set_secret(secrets) ?? NOT_YET,
  get must() {
    return of_core("state", (tablet) => tablet.people.must, { change_password: false, set_pin: false });
  },
  staff_by_badge: async (code) => core?.people.by_badge(code),
  keep_draft: (key, value) => must_be_open((tablet, staff_id) => tablet.drafts.keep(staff_id, key, value)),
  draft: <T>(key: string) => must_be_open((tablet, staff_id) => tablet.drafts.read<T>(staff_id, key)),
  drop_draft: (key) => must_be_open((tablet, staff_id) => tablet.drafts.drop(staff_id, key)),
  dead_drafts: () => must_be_open((tablet, staff_id) => tablet.drafts.dead(staff_id)),
  use: (name) => core?.idle.use(name) ?? (() => undefined),
  get settings() {
    return of_core("state", (tablet) => tablet.settings, DEFAULT_SETTINGS);
  },
  change_settings: (changes: Partial<Settings>) => void core?.change_settings(changes),
  api: create_api(
    "",
    (input, init) => fetch(input, init),
    () => core?.people.token ?? null,
  ),
  get update_waiting() {
    return updates.waiting;
  },
  take_update: () => updates.take(),
  build: __BUILD__,
  get persisted() {
    return persisted;
  },
};

/** Makes this browser a tablet, or says why it cannot be one. Call once. */
export async function start_tablet(): Promise<void> {
  allow_own_workers();
  void follow_updates();
  refused = what_is_missing();
  if (refused !== null) return;
  await only_tab(() => {
    refused = "second_tab";
  });
  try {
    const outside = await browser_outside(__BUILD__, () => {
      refused = "storage_blocked";
    });
    await begin(new TabletCore(outside));
  } catch (error) {
    refused = "storage_blocked";
    reportError(error);
  }
}

async function begin(made: TabletCore): Promise<void> {
  made.on_change((part) => {
    if (part === "outbox") entries_are_old = true;
    tell(part);
  });
  made.view.on_change(tell_rows);
  core = made;
  await made.start();
  setInterval(() => each_second(made), SECOND_MS);
  listen(made);
  persisted = (await navigator.storage?.persist?.()) ?? false;
}

function each_second(made: TabletCore): void {
  now = made.clock.now();
  made.second().catch(reportError);
}

function listen(made: TabletCore): void {
  for (const touch of ["pointerdown", "keydown"]) {
    addEventListener(touch, () => made.idle.touch(), { capture: true, passive: true });
  }
  addEventListener("online", () => void made.wake(true));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void made.wake(false);
  });
}
