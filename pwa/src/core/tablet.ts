// A whole tablet without its screens: what the browser wraps, and what a simulator runs many of.
import { type Caller, create_caller } from "./call.ts";
import { type Clock, create_clock } from "./clock.ts";
import { type Disk, visitor_disk } from "./disk.ts";
import type { Drafts } from "./drafts.ts";
import { note_fault } from "./fault.ts";
import type { Feed } from "./feed.ts";
import { Idle } from "./idle.ts";
import { COUNTER, type Outbox } from "./outbox.ts";
import {
  ANSWER_WITHIN_MS,
  CONTACT_EVERY_MS,
  DEFAULT_SETTINGS,
  KEPT_OF_VISITOR,
  NO_RULES,
  type Outside,
  VISITOR_IDLE_MS,
} from "./outside.ts";
import { make_parts, type Parts } from "./parts.ts";
import { People } from "./people.ts";
import { FACILITY } from "./replica.ts";
import type { Sender, StopReason } from "./sending.ts";
import { hello, last_person, phase_of } from "./standing.ts";
import { Store } from "./store.ts";
import { View } from "./view.ts";
import type {
  Answer,
  CommandKind,
  DeviceSelf,
  Outcome,
  Payload,
  Phase,
  SetSecret,
  Settings,
  SignIn,
  Tick,
  Told,
} from "./wire.ts";

export type Part = "state" | "outbox" | "feed";

export class TabletCore {
  readonly #outside: Outside;
  readonly #listeners = new Set<(part: Part) => void>();
  readonly clock: Clock;
  readonly caller: Caller;
  readonly people: People;
  readonly store = new Store();
  readonly view: View;
  readonly idle: Idle;
  #disk: Disk;
  #parts: Parts;
  #rules = NO_RULES;
  #started = false;
  #contacting: Promise<boolean> | null = null;
  #contact_at = 0;
  #epoch: string | null = null;
  facility = { name: "", demo: false };
  settings: Settings = DEFAULT_SETTINGS;
  /** True until the followed logs were first read, from disk or server. */
  loading = true;

  constructor(outside: Outside) {
    this.#outside = outside;
    this.#disk = outside.disk;
    this.clock = create_clock(outside.device_now, outside.steady);
    this.idle = new Idle(this.clock);
    const token = () => this.people.token;
    this.caller = create_caller({ base: outside.base, fetch: outside.fetch, device_now: outside.device_now, token });
    this.people = this.#make_people();
    this.view = new View(this.store, () => this.clock.now(), outside.defer);
    this.#parts = this.#make(outside.disk);
  }

  /** Called after every change, with the part that changed. */
  on_change(listener: (part: Part) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get outbox(): Outbox {
    return this.#parts.outbox;
  }

  get sender(): Sender {
    return this.#parts.sender;
  }

  get feed(): Feed {
    return this.#parts.feed;
  }

  get drafts(): Drafts {
    return this.#parts.drafts;
  }

  get phase(): Phase {
    if (!this.#started) return "starting";
    return phase_of(this.people);
  }

  get device(): DeviceSelf | null {
    return this.people.device;
  }

  get last_person(): string | null {
    return last_person(this.people, this.clock);
  }

  /** Reads what the disk remembers, then asks the server what this browser is. Works without a server. */
  async start(): Promise<void> {
    const { disk } = this.#outside;
    this.facility = (await disk.get("clear", "facility")) ?? this.facility;
    this.settings = { ...DEFAULT_SETTINGS, ...(await disk.get<Partial<Settings>>("clear", "settings")) };
    this.#epoch = (await disk.get("clear", "epoch")) ?? null;
    const reading = await disk.get<{ offset_ms: number; measured_at: string }>("clear", "clock");
    if (reading !== undefined) this.clock.restore(reading);
    await this.people.restore();
    if (this.device?.kind === "visitor") this.#become_visitor();
    await this.outbox.count();
    const known = this.device !== null;
    if (known) this.#begin();
    const contact = this.contact();
    if (!known) await contact;
    this.#begin();
  }

  /** Says hello: time, place, epoch, what this browser is. False when nobody answered. */
  contact(): Promise<boolean> {
    this.#contacting ??= this.#say_hello()
      .catch((error) => {
        note_fault(error);
        return false;
      })
      .finally(() => {
        this.#contacting = null;
      });
    return this.#contacting;
  }

  /** Call each second. */
  async second(): Promise<void> {
    if (!this.#started) return;
    const limit_ms = this.device?.kind === "visitor" ? VISITOR_IDLE_MS : this.settings.idle_s * 1000;
    if (this.people.person !== null && this.idle.longer_than(limit_ms)) this.lock();
    if (this.clock.steady() >= this.#contact_at) void this.contact();
    // The sender keeps its own waits; asked each second, it goes on as soon as one is over.
    if (this.outbox.unsent > 0) this.#flush();
    await this.feed.second();
  }

  /** The network came back, or somebody looked at the screen again. */
  async wake(online: boolean): Promise<void> {
    this.#contact_at = 0;
    await Promise.all([this.contact(), this.feed.wake(), this.sender.flush(online)]);
  }

  async enrol(code: string): Promise<Outcome> {
    const outcome = await this.people.enrol(code);
    if (!outcome.ok) return outcome;
    await Promise.all([this.people.fetch_staff(), this.contact()]);
    return outcome;
  }

  async sign_in(how: SignIn): Promise<Outcome> {
    const outcome = await this.people.sign_in(how);
    if (!outcome.ok) return outcome;
    await this.outbox.raise_counter(this.device?.device_id ?? "", this.device?.counter ?? 0);
    await this.#opened();
    return outcome;
  }

  async unlock(staff_id: string, pin: string): Promise<Outcome> {
    const outcome = await this.people.unlock(staff_id, pin);
    if (outcome.ok) await this.#opened();
    return outcome;
  }

  /** Clears the hand, not the work: a ward device goes on sending and following. */
  lock(): void {
    if (this.device?.kind === "visitor") {
      void this.sign_out();
      return;
    }
    this.idle.clear();
    this.people.lock();
  }

  async sign_out(): Promise<Outcome> {
    this.idle.clear();
    if (this.device?.kind !== "visitor") return this.people.sign_out();
    if (this.outbox.unsent > 0) await Promise.race([this.sender.flush(true), this.#outside.after(5_000)]);
    const outcome = await this.people.sign_out();
    await this.#visitor_left();
    return outcome;
  }

  async set_secret(secrets: SetSecret): Promise<Outcome> {
    return this.people.set_secret(secrets);
  }

  /** The command's id once it is durable here. Throws where it is not, or where nobody holds the tablet. */
  async report<K extends CommandKind>(kind: K, payload: Payload<K>, told: readonly Told[]): Promise<string> {
    const { author } = this.people;
    if (author === null) throw new Error("the tablet is locked");
    const entry = await this.outbox.record(kind, payload, told, author);
    this.#flush();
    return entry.id;
  }

  /** As `report`, then the server's answer, where it comes within 8 s. */
  async request<K extends CommandKind>(
    kind: K,
    payload: Payload<K>,
    told: readonly Told[],
  ): Promise<Answer | { answer: "unsent"; id: string }> {
    const id = await this.report(kind, payload, told);
    const answer = await this.outbox.answer_of(id, this.#outside.after(ANSWER_WITHIN_MS));
    return answer ?? { answer: "unsent", id };
  }

  /** Grey: safe on this tablet. Solid: in the record. */
  tick(command_id: string): Tick {
    const state = this.outbox.entry(command_id)?.state;
    if (state === "held" || state === "refused") return state;
    return state === "unsent" || state === "set_aside" ? "grey" : "solid";
  }

  async change_settings(changes: Partial<Settings>): Promise<void> {
    const idle_s = Math.min(300, Math.max(60, changes.idle_s ?? this.settings.idle_s));
    this.settings = { ...this.settings, ...changes, idle_s };
    this.#tell("state");
    await this.#outside.disk.write([{ room: "clear", key: "settings", value: this.settings }]);
  }

  /** What a visitor could read goes with her; what she did and is not sent yet stays while the page lives. */
  async #visitor_left(): Promise<void> {
    this.feed.stop();
    await this.#parts.replica.wipe_all();
    this.#tell("state");
  }

  #begin(): void {
    if (this.#started) return;
    this.#started = true;
    this.idle.touch();
    this.#tell("state");
  }

  /** Somebody is in: the data key is in memory, so the outbox opens and the logs are followed. */
  async #opened(): Promise<void> {
    this.idle.touch();
    if (this.#rules === NO_RULES) this.#rules = await this.#outside.load_rules().catch(no_rules);
    this.view.use(this.#rules.previews);
    if (!this.outbox.loaded) {
      await this.outbox.load();
      await this.drafts.prune();
      if (this.#epoch !== null) await this.#note_epoch(this.#epoch);
    }
    this.#tell("state");
    await this.#follow();
    this.#flush();
  }

  async #follow(): Promise<void> {
    const { device, data_key, person } = this.people;
    if (device === null || data_key === null || (device.kind === "visitor" && person === null)) return;
    const logs = [FACILITY, ...device.wards];
    if (this.feed.following && logs.toSorted().join() === this.feed.logs.join()) return;
    await this.feed.follow(logs);
    this.loading = false;
    this.#tell("feed");
  }

  async #say_hello(): Promise<boolean> {
    this.#contact_at = this.clock.steady() + CONTACT_EVERY_MS * (0.9 + 0.2 * this.#outside.random());
    const told = await hello(this.caller, this.clock);
    if (told === null) {
      this.#contact_at = this.clock.steady() + 30_000;
      return false;
    }
    const { epoch, facility, demo, device } = told;
    this.facility = { name: facility, demo };
    await this.#outside.disk.write([
      { room: "clear", key: "clock", value: this.clock.reading() },
      { room: "clear", key: "facility", value: this.facility },
    ]);
    if (device === null) await this.#is_nobody();
    else await this.#is_device(device, epoch);
    this.#tell("state");
    return true;
  }

  /** The server does not know this browser (revoked, or its cookie is gone). Nothing unsent is deleted. */
  async #is_nobody(): Promise<void> {
    if (this.device === null) return;
    this.people.lock();
    this.feed.stop();
    await this.#parts.replica.wipe_all();
    await this.people.become_nobody();
  }

  async #is_device(device: DeviceSelf, epoch: string): Promise<void> {
    if (this.device !== null && device.device_id !== this.device.device_id) await this.#is_nobody();
    if (device.kind === "visitor" && this.device?.kind !== "visitor") this.#become_visitor();
    await this.#note_epoch(epoch);
    await this.people.keep_device(device);
    await this.outbox.raise_counter(device.device_id, device.counter);
    if (device.kind === "ward") await this.people.refresh();
    await this.#check_session();
    if (this.outbox.loaded) await this.outbox.prune();
    await this.#follow();
  }

  async #check_session(): Promise<void> {
    const stands = await this.people.check_session();
    if (!stands && this.device?.kind === "visitor") await this.#visitor_left();
  }

  async #note_epoch(epoch: string): Promise<void> {
    const known = await this.#disk.get<string>("clear", "epoch");
    this.#epoch = epoch;
    if (known === epoch) return;
    if (known === undefined) await this.#disk.write([{ room: "clear", key: "epoch", value: epoch }]);
    else if (this.outbox.loaded) await this.outbox.offer_again(epoch);
    this.#flush();
  }

  #flush(): void {
    if (this.outbox.loaded) void this.sender.flush();
  }

  #sending(stopped: StopReason | null): void {
    if (stopped === "device") this.#contact_at = Math.min(this.#contact_at, this.clock.steady() + 1_000);
    this.#tell("outbox");
  }

  /** Another device now: the copy made by the one before it is wiped, its unsent acts stay, sealed. */
  async #became(device: DeviceSelf): Promise<void> {
    await this.#parts.replica.wipe_all();
    if (device.kind === "visitor") this.#become_visitor();
    else this.#use(this.#outside.disk);
  }

  #become_visitor(): void {
    this.#use(visitor_disk(this.#outside.disk, (key) => KEPT_OF_VISITOR.has(key) || key.startsWith(COUNTER)));
  }

  /** The parts that hold patients' data begin anew on this disk. */
  #use(disk: Disk): void {
    this.feed.stop();
    this.#disk = disk;
    for (const log of this.feed.logs) this.store.forget(log);
    this.#parts = this.#make(disk);
    this.people.use(disk);
    this.view.show([]);
    this.loading = true;
    this.#tell("outbox");
  }

  #make_people(): People {
    return new People({
      disk: this.#outside.disk,
      caller: this.caller,
      clock: this.clock,
      connected: () => this.feed.freshness(FACILITY).connected,
      became: (device) => this.#became(device),
      changed: () => this.#tell("state"),
    });
  }

  #make(disk: Disk): Parts {
    const parts = make_parts({ outside: this.#outside, disk, clock: this.clock, caller: this.caller }, this.people, {
      store: this.store,
      rules: () => this.#rules.version,
      outbox_changed: (outbox) => {
        this.view.show(outbox.pending);
        this.#tell("outbox");
      },
      feed_changed: () => this.#tell("feed"),
      new_epoch: (epoch) => this.#note_epoch(epoch),
      device_doubted: () => {
        this.#contact_at = 0;
      },
    });
    parts.sender.on_contact((stopped) => this.#sending(stopped));
    return parts;
  }

  #tell(part: Part): void {
    for (const listener of this.#listeners) listener(part);
  }
}

/** Acts are recorded all the same; what they bring is shown once the record has it. */
function no_rules(error: unknown): typeof NO_RULES {
  note_fault(error);
  return NO_RULES;
}
