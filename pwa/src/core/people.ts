// Who may hold this tablet and who does: sign in, unlock, lock, sign out, and the keys that come and go with them.
import { type Bytes, from_base64url, to_base64url } from "./bytes.ts";
import type { Called, Caller } from "./call.ts";
import type { Author } from "./claims.ts";
import type { Clock } from "./clock.ts";
import type { Disk, Write } from "./disk.ts";
import { note_fault } from "./fault.ts";
import { type Holder, holder_of, type Inside, type KeptSession, names_of, sealed_place } from "./holder.ts";
import {
  badge_hash_of,
  type DataKey,
  data_key_of,
  key_of_pin,
  key_of_secret,
  new_signing_pair,
  pkcs8_of,
  public_key_of,
  SealBroken,
  seal_json,
  unseal_json,
  unwrap_data_key,
} from "./keys.ts";
import { Pins } from "./pins.ts";
import type {
  DeviceSelf,
  Keyring,
  Outcome,
  Person,
  PinStretch,
  Schemas,
  SessionOpened,
  SetSecret,
  SignIn,
  Snapshot,
  StaffRow,
} from "./wire.ts";

export type PeopleParts = {
  disk: Disk;
  caller: Caller;
  clock: Clock;
  connected: () => boolean;
  /** This browser is another device from now on. */
  became: (device: DeviceSelf) => Promise<void>;
  changed: () => void;
};

const session_key = (staff_id: string) => `signing:${staff_id}`;

export class People {
  readonly pins: Pins;
  readonly #parts: PeopleParts;
  #disk: Disk;
  #holder: Holder | null = null;
  #data_key: DataKey | null = null;
  #busy = false;
  device: DeviceSelf | null = null;
  staff: readonly StaffRow[] = [];
  /** Who have a session here and so can unlock by PIN. */
  can_unlock: readonly string[] = [];
  must = { change_password: false, set_pin: false };
  last: { staff_id: string; at: number } | null = null;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
    this.#disk = parts.disk;
    this.pins = new Pins(parts.disk, parts.clock);
  }

  get person(): Person | null {
    return this.#holder?.person ?? null;
  }

  get author(): Author | null {
    return this.#holder?.author ?? null;
  }

  get token(): string | null {
    return this.#holder?.token ?? null;
  }

  /** In memory from the first unlock until the page is loaded again. */
  get data_key(): DataKey | null {
    return this.#data_key;
  }

  /** What the disk remembers. */
  async restore(): Promise<void> {
    this.device = (await this.#disk.get<DeviceSelf>("clear", "device")) ?? null;
    this.staff = (await this.#disk.get<StaffRow[]>("clear", "staff")) ?? [];
    await this.#read_sessions();
  }

  async enrol(code: string): Promise<Outcome> {
    return this.#alone(async () => {
      const called = await this.#parts.caller.send<DeviceSelf>("POST", "/api/devices/enrol", { code });
      if (called.kind !== "ok") return failure(called);
      await this.#become(called.data);
      return { ok: true };
    });
  }

  async sign_in(how: SignIn): Promise<Outcome> {
    return this.#alone(async () => {
      const pair = await new_signing_pair();
      const asked = { ...how, duty_hours: how.duty_hours ?? 12, public_key: await public_key_of(pair) };
      const called = await this.#parts.caller.send<SessionOpened>("POST", "/api/sessions", asked);
      if (called.kind !== "ok") return failure(called);
      const opened = called.data;
      if (opened.device.device_id !== this.device?.device_id) await this.#become(opened.device);
      else await this.keep_device(opened.device);
      if (opened.keyring !== null) await this.keep_keyring(opened.keyring);
      await this.pins.right(opened.staff_id);
      return this.#open(opened, await pkcs8_of(pair));
    });
  }

  /** The right PIN is the one that unwraps her key; there is no other verifier. */
  async unlock(staff_id: string, pin: string): Promise<Outcome> {
    return this.#alone(async () => {
      const kept = await this.#disk.get<KeptSession>("clear", session_key(staff_id));
      const row = this.staff.find((one) => one.key === staff_id);
      if (row !== undefined && row.disabled_at !== null) return { ok: false, code: "staff_disabled" };
      if (kept === undefined) return { ok: false, code: "password_needed" };
      const verdict = await this.pins.try_now(staff_id);
      if (!verdict.may) return { ok: false, ...without(verdict) };
      const pin_key = await key_of_pin(pin, kept.stretch);
      try {
        return await this.#unlocked(staff_id, kept, pin_key);
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error;
        const { tries_left, retry_after_s } = await this.pins.after_wrong(staff_id);
        this.pins.tell(this.#parts.caller).catch(note_fault);
        return { ok: false, code: tries_left === 0 ? "pin_locked" : "pin_wrong", tries_left, retry_after_s };
      }
    });
  }

  /** Her key leaves the memory; the data key stays, so that sending and following go on. */
  lock(): void {
    if (this.#holder === null) return;
    this.last = { staff_id: this.#holder.person.staff_id, at: this.#parts.clock.device_now() };
    this.#holder = null;
    this.must = { change_password: false, set_pin: false };
    this.#parts.changed();
  }

  async sign_out(): Promise<Outcome> {
    const holder = this.#holder;
    if (holder === null) return { ok: true };
    const told = this.#parts.caller.send("DELETE", "/api/sessions/current", undefined, 5_000);
    await this.#forget_session(holder.person.staff_id);
    this.lock();
    this.last = null;
    this.#parts.changed();
    await told;
    return { ok: true };
  }

  async set_secret(secrets: SetSecret): Promise<Outcome> {
    return this.#alone(async () => {
      const holder = this.#holder;
      if (holder === null) return { ok: false, code: "signed_out" };
      const called = await this.#parts.caller.send<Schemas["SecretsKept"]>("POST", "/api/me/secrets", secrets);
      if (called.kind !== "ok") return failure(called);
      const { pin_secret, stretch, keyring } = called.data;
      if (secrets.password !== undefined) this.must = { ...this.must, change_password: false };
      if (pin_secret !== null && stretch !== null) {
        const pkcs8 = holder.unwrapped ?? (await this.#own_pkcs8(holder));
        if (pkcs8 !== null)
          await this.#keep_session(holder, pkcs8, await key_of_secret(from_base64url(pin_secret)), stretch);
        this.must = { ...this.must, set_pin: false };
      }
      if (keyring !== null) await this.keep_keyring(keyring);
      this.#parts.changed();
      return { ok: true };
    });
  }

  /** A new keyring replaces the old: who is not on it, or has another PIN now, cannot unlock here any more. */
  async keep_keyring(keyring: Keyring): Promise<void> {
    const writes: Write[] = [{ room: "clear", key: "keyring", value: keyring }];
    for (const [key, kept] of await this.#disk.all<KeptSession>("clear", session_key(""))) {
      const wrap = keyring.keys.find((one) => session_key(one.staff_id) === key);
      if (wrap === undefined || wrap.stretch.salt !== kept.stretch.salt)
        writes.push({ room: "clear", key, remove: true });
    }
    await this.#disk.write(writes);
    await this.#read_sessions();
  }

  async keep_device(device: DeviceSelf): Promise<void> {
    this.device = device;
    await this.#disk.write([{ room: "clear", key: "device", value: device }]);
  }

  async keep_staff(staff: readonly StaffRow[]): Promise<void> {
    this.staff = [...staff].sort((a, b) => (a.key < b.key ? -1 : 1));
    await this.#disk.write([{ room: "clear", key: "staff", value: this.staff }]);
    const row = this.staff.find((one) => one.key === this.#holder?.person.staff_id);
    if (this.#holder !== null && row !== undefined) {
      this.#holder = { ...this.#holder, person: { ...this.#holder.person, ...names_of(row) } };
    }
    this.#parts.changed();
  }

  /** The staff list before anybody has unlocked, straight from the server. */
  async fetch_staff(): Promise<void> {
    const called = await this.#parts.caller.get<Snapshot>("/api/logs/facility/snapshot");
    if (called.kind === "ok") await this.keep_staff(called.data.rows.filter((row) => row.type === "staff"));
  }

  /** Asks whether her session still stands; asking also keeps a visitor's alive. False where it has ended. */
  async check_session(): Promise<boolean> {
    const { token } = this;
    if (token === null) return true;
    const called = await this.#parts.caller.get("/api/me/sessions");
    if (called.kind !== "problem" || called.status !== 401 || this.token !== token) return true;
    await this.session_ended();
    return false;
  }

  /** From now on the staff list lies here: a visitor's is in memory. */
  use(disk: Disk): void {
    this.#disk = disk;
  }

  /** The server does not know this browser any more. */
  async become_nobody(): Promise<void> {
    await this.#forget_device([{ room: "clear", key: "device", remove: true }]);
    this.device = null;
    this.#parts.changed();
  }

  /** At every contact of a ward device: fresh wraps (they die 7 days after the last), wrong PINs told, names. */
  async refresh(): Promise<void> {
    const called = await this.#parts.caller.get<Keyring>("/api/keyring");
    if (called.kind === "ok") await this.keep_keyring(called.data);
    await this.pins.tell(this.#parts.caller);
    if (this.#data_key === null) await this.fetch_staff();
  }

  /** The server says this session is no more: the key goes, whoever holds the tablet signs in again. */
  async session_ended(): Promise<void> {
    const holder = this.#holder;
    if (holder === null) return;
    await this.#forget_session(holder.person.staff_id);
    this.lock();
    this.last = null;
    this.#parts.changed();
  }

  async by_badge(code: string): Promise<StaffRow | undefined> {
    const hash = await badge_hash_of(code);
    return this.staff.find((one) => one.badge_hash === hash);
  }

  /** A browser becomes a device: what the one before it could unlock is gone; its unsent acts stay, sealed. */
  async #become(device: DeviceSelf): Promise<void> {
    await this.#forget_device([{ room: "clear", key: "device", value: device }]);
    this.device = device;
    await this.#parts.became(device);
    this.#parts.changed();
  }

  async #forget_device(more: readonly Write[]): Promise<void> {
    const sessions = await this.#disk.all("clear", session_key(""));
    const writes: Write[] = sessions.map(([key]) => ({ room: "clear", key, remove: true }));
    await this.#disk.write([...writes, { room: "clear", key: "keyring", remove: true }, ...more]);
    this.#data_key = null;
    this.last = null;
    await this.#read_sessions();
  }

  async #open(opened: SessionOpened, pkcs8: Bytes): Promise<Outcome> {
    if (!this.staff.some((one) => one.key === opened.staff_id)) await this.fetch_staff();
    const row = this.staff.find((one) => one.key === opened.staff_id);
    if (row === undefined) return { ok: false, code: "unknown_staff" };
    const data_key = opened.data_key === null ? null : from_base64url(opened.data_key);
    if (data_key !== null) this.#data_key ??= await data_key_of(data_key);
    this.#data_key ??= await data_key_of(crypto.getRandomValues(new Uint8Array(32)));
    const { staff_id, session_id, expires_at } = opened;
    const person: Person = { staff_id, session_id, expires_at, ...names_of(row) };
    const holder = await holder_of(person, opened.device.device_id, opened, pkcs8);
    if (opened.pin_secret !== null && opened.stretch !== null) {
      await this.#keep_session(holder, pkcs8, await key_of_secret(from_base64url(opened.pin_secret)), opened.stretch);
    } else if (opened.device.kind === "ward") {
      holder.unwrapped = pkcs8;
    }
    this.#holder = holder;
    this.must = { change_password: opened.must_change_password, set_pin: opened.must_set_pin };
    this.#parts.changed();
    return { ok: true };
  }

  async #unlocked(staff_id: string, kept: KeptSession, pin_key: CryptoKey): Promise<Outcome> {
    const device = this.device as DeviceSelf;
    const place = sealed_place(device.device_id, staff_id);
    const inside = await unseal_json<Inside>(pin_key, kept.sealed, place);
    await this.pins.right(staff_id);
    if (Date.parse(kept.expires_at) <= this.#parts.clock.now() && this.#parts.connected()) {
      await this.#forget_session(staff_id);
      return { ok: false, code: "password_needed" };
    }
    this.#data_key ??= await this.#unwrapped_data_key(staff_id, pin_key);
    if (this.#data_key === null) return { ok: false, code: "password_needed" };
    const row = this.staff.find((one) => one.key === staff_id);
    const person = row === undefined ? inside.person : { ...inside.person, ...names_of(row) };
    const holder = await holder_of(person, device.device_id, inside, from_base64url(inside.pkcs8));
    this.#holder = { ...holder, pin_key };
    this.#parts.changed();
    return { ok: true };
  }

  async #unwrapped_data_key(staff_id: string, pin_key: CryptoKey): Promise<DataKey | null> {
    const keyring = await this.#disk.get<Keyring>("clear", "keyring");
    const wrap = keyring?.keys.find((one) => one.staff_id === staff_id);
    if (wrap === undefined || Date.parse(wrap.expires_at) <= this.#parts.clock.now()) return null;
    return data_key_of(await unwrap_data_key(wrap, (this.device as DeviceSelf).device_id, pin_key));
  }

  async #keep_session(holder: Holder, pkcs8: Bytes, pin_key: CryptoKey, stretch: PinStretch): Promise<void> {
    const { person, token, certificate } = holder;
    const inside: Inside = { pkcs8: to_base64url(pkcs8), token, certificate, person };
    const sealed = await seal_json(pin_key, inside, sealed_place(holder.author.device_id, person.staff_id));
    const value: KeptSession = { session_id: person.session_id, expires_at: person.expires_at, stretch, sealed };
    await this.#disk.write([{ room: "clear", key: session_key(person.staff_id), value }]);
    Object.assign(holder, { pin_key, unwrapped: null });
    await this.#read_sessions();
  }

  async #own_pkcs8(holder: Holder): Promise<Bytes | null> {
    const { staff_id } = holder.person;
    const kept = await this.#disk.get<KeptSession>("clear", session_key(staff_id));
    if (kept === undefined || holder.pin_key === null) return null;
    const place = sealed_place(holder.author.device_id, staff_id);
    return from_base64url((await unseal_json<Inside>(holder.pin_key, kept.sealed, place)).pkcs8);
  }

  async #forget_session(staff_id: string): Promise<void> {
    await this.#disk.write([{ room: "clear", key: session_key(staff_id), remove: true }]);
    await this.#read_sessions();
  }

  async #read_sessions(): Promise<void> {
    const kept = await this.#disk.all<KeptSession>("clear", session_key(""));
    this.can_unlock = kept.map(([key]) => key.slice(session_key("").length));
    this.#parts.changed();
  }

  /** One person at a time at the door: a second tap while the PIN is stretched does nothing. */
  async #alone(work: () => Promise<Outcome>): Promise<Outcome> {
    if (this.#busy) return { ok: false, code: "busy" };
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

function failure(called: Exclude<Called<unknown>, { kind: "ok" }>): Outcome {
  if (called.kind === "nothing") return { ok: false, code: called.why === "network" ? "offline" : "foreign" };
  const { code, retry_after_s } = called;
  return { ok: false, code, ...(retry_after_s === null ? {} : { retry_after_s }) };
}

function without(verdict: { code: string; retry_after_s?: number }): { code: string; retry_after_s?: number } {
  const { code, retry_after_s } = verdict;
  return retry_after_s === undefined ? { code } : { code, retry_after_s };
}
