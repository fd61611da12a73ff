// A hospital server in memory that speaks docs/sync.md: real keys, real wraps, real logs; faults on demand.
import { type Bytes, from_base64url, text_of, to_base64url, utf8 } from "../../../src/core/bytes.ts";
import type { Fetch } from "../../../src/core/call.ts";
import type { OpenSocket } from "../../../src/core/feed.ts";
import { badge_hash_of, key_of_pin } from "../../../src/core/keys.ts";
import type { Answer, Command, DeviceSelf, Keyring, LogLine, Row, RowKey, StaffRow } from "../../../src/core/wire.ts";
import { json, problem } from "./answers.ts";
import { Listener } from "./listener.ts";

export const ITERATIONS = 1_000;
type Log = { seq: number; rows: Map<string, Row>; lines: LogLine[] };
type Device = DeviceSelf & { data_key: Bytes };
type Person = StaffRow & { password: string; pin: string | null; salt: Bytes };
type Session = {
  session_id: string;
  staff_id: string;
  device_id: string;
  token: string;
  key: CryptoKey;
  open: boolean;
};
export type Fault = (path: string, pass: () => Promise<Response>, init: RequestInit) => Promise<Response>;

const id_of = (row: RowKey) => `${row.type} ${row.key}`;
export const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

export class Hospital {
  now_ms = Date.parse("2026-11-24T02:00:00Z");
  epoch = "e1";
  schema = 1;
  readonly logs = new Map<string, Log>();
  readonly people: Person[] = [];
  readonly devices: Device[] = [];
  readonly sessions: Session[] = [];
  readonly answers = new Map<string, { payload: string; answer: Answer }>();
  /** Every command in the order it was taken in, and what came in vain. */
  readonly taken: Command[] = [];
  readonly told_pins: { staff_id: string; count: number }[] = [];
  readonly batches: string[][] = [];
  readonly sockets = new Set<Listener>();
  /** Stands between every tablet and the server; the first that is there acts. */
  faults: Fault[] = [];
  refuses_sockets = false;
  /** Decides an answer before the hospital does. */
  judge: (command: Command) => Answer | undefined = () => undefined;
  #codes = new Map<string, string[]>();

  constructor() {
    for (const log of ["facility", "noi"]) this.logs.set(log, { seq: 0, rows: new Map(), lines: [] });
  }

  add_staff(given_name: string, pin: string | null, role: StaffRow["role"] = "nurse"): Person {
    const person: Person = {
      type: "staff",
      key: uuid(100 + this.people.length),
      stay_id: null,
      command_id: null,
      keep_until: null,
      family_name: "Trần",
      middle_name: "Thị",
      given_name,
      role,
      wards: ["noi"],
      login: given_name.toLowerCase(),
      badge_hash: null,
      disabled_at: null,
      password: `password of ${given_name}`,
      pin,
      salt: crypto.getRandomValues(new Uint8Array(16)),
    };
    this.people.push(person);
    this.line("facility", [this.row_of(person)]);
    return person;
  }

  async give_badge(person: Person, code: string): Promise<void> {
    person.badge_hash = await badge_hash_of(code);
    this.line("facility", [this.row_of(person)]);
  }

  row_of({ password: _, pin: __, salt: ___, ...row }: Person): StaffRow {
    return row;
  }

  open_enrolment(wards: string[]): string {
    const code = `code-${this.#codes.size}`;
    this.#codes.set(code, wards);
    return code;
  }

  /** Writes a line and tells every socket. */
  line(log: string, puts: Row[], removes: RowKey[] = [], command_id = uuid(0), reset = false): LogLine {
    const found = this.log(log);
    found.seq += 1;
    for (const row of puts) found.rows.set(id_of(row), row);
    for (const key of removes) found.rows.delete(id_of(key));
    const at = this.now();
    const line = {
      log,
      seq: found.seq,
      at,
      event: "Changed",
      command_id,
      actor: null,
      puts,
      removes,
      reset,
    } as LogLine;
    found.lines.push(line);
    for (const socket of this.sockets) socket.offer(line);
    return line;
  }

  /** Back to an earlier state under a new epoch, as after a restore from backup. */
  restore(log: string, seq: number): void {
    const found = this.log(log);
    found.lines = found.lines.filter((line) => line.seq <= seq);
    found.rows.clear();
    for (const line of found.lines) for (const row of line.puts) found.rows.set(id_of(row), row);
    found.seq = seq;
    this.epoch = `${this.epoch}'`;
    this.answers.clear();
    for (const socket of [...this.sockets]) socket.drop();
  }

  tick(): void {
    for (const socket of this.sockets) socket.tick();
  }

  log(name: string): Log {
    const found = this.logs.get(name);
    if (found === undefined) throw new Error(`no log ${name}`);
    return found;
  }

  now(): string {
    return new Date(this.now_ms).toISOString();
  }

  /** The network as one browser sees it: its own cookie, its own cable. */
  browser(): { fetch: Fetch; open_socket: OpenSocket; cable: { cut: boolean }; cookie: () => string | null } {
    let device_id: string | null = null;
    const cable = { cut: false };
    const fetch: Fetch = async (path, init) => {
      if (cable.cut) throw new TypeError("network");
      const fault = this.faults.shift();
      const pass = async () => {
        const [answer, became] = await this.#answer(path, init, device_id);
        device_id = became ?? device_id;
        return answer;
      };
      return fault === undefined ? pass() : fault(path, pass, init);
    };
    const open_socket: OpenSocket = (path, events) => {
      const listener = new Listener(this, new URLSearchParams(path.split("?")[1]).get("logs") ?? "", events);
      const known = this.devices.some((one) => one.device_id === device_id);
      if (cable.cut || !known || this.refuses_sockets) setTimeout(() => events.close());
      else setTimeout(() => listener.open());
      return listener;
    };
    return { fetch, open_socket, cable, cookie: () => device_id };
  }

  async #answer(path: string, init: RequestInit, device_id: string | null): Promise<[Response, string?]> {
    const body = init.body === undefined ? undefined : JSON.parse(String(init.body));
    const token = new Headers(init.headers).get("authorization")?.slice("Bearer ".length);
    const device = this.devices.find((one) => one.device_id === device_id);
    const [, , first, second, third] = path.split("?")[0]?.split("/") ?? [];
    const query = new URLSearchParams(path.split("?")[1]);
    if (first === "hello") return [json(this.#hello(device))];
    if (first === "devices" && second === "enrol") return this.#enrol(body.code);
    if (first === "sessions" && init.method === "POST") return this.#sign_in(body, device);
    if (device === undefined) return [problem(401, "unknown_device")];
    if (first === "sessions") return [this.#sign_out(token)];
    if (first === "me" && second === "sessions") return [this.#mine(token)];
    if (first === "me" && second === "secrets") return [await this.#set_secret(body, token, device)];
    if (first === "keyring") return [json(await this.#keyring(device))];
    if (first === "pin-failures") return [this.#note_pins(body)];
    if (first === "commands") return [json({ answers: await this.#commands(body.commands) })];
    if (first === "logs" && third === "snapshot") return [this.#snapshot(String(second))];
    if (first === "logs" && third === "changes") return [this.#changes(String(second), query)];
    return [problem(404, "not_found")];
  }

  #hello(device: Device | undefined): unknown {
    const { epoch, schema } = this;
    const known = device === undefined ? null : self_of(device);
    return { now: this.now(), epoch, schema, facility: "BV Thử", demo: true, device: known, app: "x" };
  }

  #enrol(code: string): [Response, string?] {
    const wards = this.#codes.get(code);
    if (wards === undefined) return [problem(403, "bad_code")];
    this.#codes.delete(code);
    const device = this.#device("ward", wards);
    return [json(self_of(device), 201), device.device_id];
  }

  #device(kind: "ward" | "visitor", wards: string[]): Device {
    const device_id = uuid(500 + this.devices.length);
    const data_key = crypto.getRandomValues(new Uint8Array(32));
    this.devices.push({ device_id, kind, name: `Máy ${this.devices.length}`, wards, counter: 0, data_key });
    return this.devices.at(-1) as Device;
  }

  async #sign_in(asked: { [name: string]: string }, known: Device | undefined): Promise<[Response, string?]> {
    const person = this.people.find((one) => one.login === asked["login"] || one.key === asked["staff_id"]);
    if (person === undefined || person.password !== asked["password"]) return [problem(401, "wrong_password")];
    const device = known ?? this.#device("visitor", person.wards);
    const session_id = uuid(900 + this.sessions.length);
    const der = from_base64url(String(asked["public_key"]));
    const key = await crypto.subtle.importKey("spki", der, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    const token = `token-${session_id}`;
    this.sessions.push({ session_id, staff_id: person.key, device_id: device.device_id, token, key, open: true });
    const ward = device.kind === "ward";
    const opened = {
      session_id,
      staff_id: person.key,
      token,
      opened_at: this.now(),
      expires_at: new Date(this.now_ms + 12 * 3_600_000).toISOString(),
      certificate: `certificate of ${session_id}`,
      device: self_of(device),
      data_key: ward ? to_base64url(device.data_key) : null,
      ...(await this.#pin_of(person, ward)),
      keyring: ward ? await this.#keyring(device) : null,
      must_change_password: false,
      must_set_pin: ward && person.pin === null,
    };
    return [json(opened, 201), device.device_id];
  }

  async #pin_of(person: Person, ward: boolean): Promise<{ pin_secret: string | null; stretch: unknown }> {
    if (!ward || person.pin === null) return { pin_secret: null, stretch: null };
    const material = await crypto.subtle.importKey("raw", utf8(person.pin), "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: person.salt, iterations: ITERATIONS };
    const secret = new Uint8Array(await crypto.subtle.deriveBits(how, material, 256));
    return { pin_secret: to_base64url(secret), stretch: stretch_of(person) };
  }

  async #keyring(device: Device): Promise<Keyring> {
    const expires_at = new Date(this.now_ms + 7 * 86_400_000).toISOString();
    const keys = this.people
      .filter((one) => one.pin !== null)
      .map(async (one) => {
        const key = await key_of_pin(String(one.pin), stretch_of(one));
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const additionalData = utf8(`bedside-data-key:${device.device_id}:${one.key}`);
        const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, device.data_key);
        const nonce = to_base64url(iv);
        return {
          staff_id: one.key,
          stretch: stretch_of(one),
          nonce,
          wrapped: to_base64url(new Uint8Array(wrapped)),
          expires_at,
        };
      });
    return { device_id: device.device_id, keys: await Promise.all(keys), recovery: "sealed" };
  }

  async #set_secret(asked: { [name: string]: string }, token: string | undefined, device: Device): Promise<Response> {
    const session = this.#session(token);
    const person = this.people.find((one) => one.key === session?.staff_id);
    if (person === undefined) return problem(401, "signed_out");
    if (person.password !== asked["present_password"]) return problem(401, "wrong_password");
    if (asked["password"] !== undefined) person.password = asked["password"];
    if (asked["pin"] !== undefined) {
      person.pin = asked["pin"];
      person.salt = crypto.getRandomValues(new Uint8Array(16));
    }
    const ward = device.kind === "ward";
    return json({ ...(await this.#pin_of(person, ward)), keyring: ward ? await this.#keyring(device) : null });
  }

  #session(token: string | undefined): Session | undefined {
    return this.sessions.find((one) => one.open && one.token === token);
  }

  #sign_out(token: string | undefined): Response {
    const session = this.#session(token);
    if (session === undefined) return problem(401, "signed_out");
    session.open = false;
    return new Response(null, { status: 204 });
  }

  #mine(token: string | undefined): Response {
    return this.#session(token) === undefined ? problem(401, "signed_out") : json({ sessions: [] });
  }

  #note_pins(told: { staff_id: string; count: number }): Response {
    this.told_pins.push(told);
    return new Response(null, { status: 204 });
  }

  /** As the door: after a `retry` the later acts of the same stay are not tried. */
  async #commands(raws: string[]): Promise<Answer[]> {
    this.batches.push(raws);
    const answers: Answer[] = [];
    const waiting = new Set<string>();
    for (const raw of raws) answers.push(await this.#command(raw, waiting));
    return answers;
  }

  async #command(raw: string, waiting: Set<string>): Promise<Answer> {
    const [header = "", payload = "", signature = ""] = raw.split(".");
    const { kid, alg, ...more } = JSON.parse(text_of(from_base64url(header)));
    const session = this.sessions.find((one) => one.session_id === kid);
    const how = { name: "ECDSA", hash: "SHA-256" };
    const signed = utf8(`${header}.${payload}`);
    const command = JSON.parse(text_of(from_base64url(payload))) as Command & { stay_id?: string };
    const stay = command.stay_id ?? "";
    const good =
      alg === "ES256" &&
      Object.keys(more).length === 0 &&
      session !== undefined &&
      (await crypto.subtle.verify(how, session.key, from_base64url(signature), signed));
    if (!good) return { answer: "held", id: null, reason: "bad_signature", held_id: "h" };
    if (waiting.has(stay)) return { answer: "retry", id: command.id, reason: "earlier_waits", after_ms: 1000 };
    const known = this.answers.get(command.id);
    if (known !== undefined) return known.answer;
    const answer = this.judge(command) ?? { answer: "accepted", id: command.id, findings: [], result: {} };
    if (answer.answer === "retry") waiting.add(stay);
    else this.answers.set(command.id, { payload, answer });
    if (answer.answer === "accepted") this.#accept(command);
    return answer;
  }

  #accept(command: Command & { stay_id?: string }): void {
    this.taken.push(command);
    const device = this.devices.find((one) => one.device_id === command.device);
    if (device !== undefined) device.counter = Math.max(device.counter, command.counter ?? 0);
    if (command.kind !== "record_vitals") return;
    this.line("noi", [observation_set(command.id, command.stay_id ?? "", "server")], [], command.id);
  }

  #snapshot(log: string): Response {
    const { seq, rows } = this.log(log);
    return json({ log, epoch: this.epoch, schema: this.schema, seq, at: this.now(), rows: [...rows.values()] });
  }

  #changes(log: string, query: URLSearchParams): Response {
    const after = Number(query.get("after"));
    const { seq, lines } = this.log(log);
    const reset = after > seq || query.get("epoch") !== this.epoch;
    const told = reset ? [] : lines.filter((line) => line.seq > after).slice(0, Number(query.get("limit")));
    return json({ log, epoch: this.epoch, schema: this.schema, seq, at: this.now(), reset, lines: told });
  }
}

/** A row of vitals; `author_name` says whether preview or server made it. */
export function observation_set(key: string, stay_id: string, author_name: string): Row {
  return {
    type: "observation_set",
    key,
    stay_id,
    command_id: key,
    keep_until: null,
    author_name,
  } as unknown as Row;
}

function stretch_of(person: Person): { salt: string; iterations: number } {
  return { salt: to_base64url(person.salt), iterations: ITERATIONS };
}

function self_of({ data_key: _, ...device }: Device): DeviceSelf {
  return device;
}
