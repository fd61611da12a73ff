// What travels: commands, rows, lines and answers, with the names the server's description gives them.
import type { components, paths } from "../generated/api.ts";

export type Schemas = components["schemas"];
export type Paths = paths;

export type Row = Schemas["Row"];
export type RowType = Row["type"];
export type RowOf<T extends RowType> = Extract<Row, { type: T }>;
export type RowKey = { type: string; key: string };

export type Command = Schemas["AnyCommand"];
export type CommandKind = Command["kind"];
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;
type Claim =
  | "kind"
  | "v"
  | "id"
  | "device"
  | "session"
  | "counter"
  | "recorded_at"
  | "clock"
  | "seen"
  | "told"
  | "app"
  | "rules";
/** What the act itself says; the tablet adds the claims. */
export type Payload<K extends CommandKind> = K extends CommandKind ? Omit<CommandOf<K>, Claim> : never;
export type Told = { rule: string; override_reason: string | null };
export type Seen = { log: string; epoch: string; seq: number };
export type ClockReading = { offset_ms: number; measured_at: string };

export type Answer = Schemas["Answer"];
export type LogLine = Omit<Schemas["LogLine"], "puts" | "removes"> & { puts: Row[]; removes: RowKey[] };
export type Snapshot = { log: string; epoch: string; schema: number; seq: number; at: string; rows: Row[] };
export type Changes = {
  log: string;
  epoch: string;
  schema: number;
  seq: number;
  at: string;
  reset: boolean;
  lines: LogLine[];
};
export type Hello = {
  now: string;
  epoch: string;
  schema: number;
  facility: string;
  demo: boolean;
  device: DeviceSelf | null;
  app: string;
};
export type DeviceSelf = Schemas["DeviceSelf"];
export type StaffRow = RowOf<"staff">;
export type SessionOpened = Schemas["SessionOpened"];
export type Keyring = Schemas["Keyring"];
export type WrappedKey = Schemas["WrappedKey"];
export type PinStretch = Schemas["PinStretch"];
export type Problem = Schemas["ProblemDetails"];

/** Rows as a preview or a screen reads them. */
export type Rows = {
  rows<T extends RowType>(type: T): readonly RowOf<T>[];
  row<T extends RowType>(type: T, key: string): RowOf<T> | undefined;
  of_stay<T extends RowType>(type: T, stay_id: string): readonly RowOf<T>[];
};

/**
 * The rows a command will bring, shown grey until the real ones come. `now` is the server-corrected time, RFC 3339;
 * `author_id` is the staff member who did it.
 */
export type Preview<C extends Command> = (command: C, rows: Rows, now: string, author_id: string) => Row[];
export type Previews = { [K in CommandKind]?: Preview<CommandOf<K>> };

export type EntryState = "unsent" | "set_aside" | "refused" | "held" | "confirmed";
/** One act as the screens see it. */
export type OutboxEntry = {
  id: string;
  kind: CommandKind;
  stay_id: string | null;
  recorded_at: string;
  author_id: string;
  state: EntryState;
  answer?: Answer;
};
export type Freshness = { as_of: string | null; complete: boolean; stale: boolean; connected: boolean };
export type Tick = "grey" | "solid" | "held" | "refused";
export type Phase = "starting" | "refused" | "unenrolled" | "signed_out" | "locked" | "open";
export type Person = {
  staff_id: string;
  family_name: string;
  middle_name: string;
  given_name: string;
  role: StaffRow["role"];
  wards: string[];
  session_id: string;
  expires_at: string;
};
export type Outcome = { ok: true } | { ok: false; code: string; retry_after_s?: number; tries_left?: number };
export type SignIn = {
  badge?: string;
  login?: string;
  staff_id?: string;
  password: string;
  duty_hours?: 12 | 24;
};
export type SetSecret = { present_password: string; password?: string; pin?: string };
export type Settings = {
  language: "vi" | "en";
  theme: "auto" | "day" | "night";
  hand: "right" | "left";
  wall: boolean;
  idle_s: number;
  /** Tones of a scan; vibration stays where they are off. */
  sound: boolean;
  wedge_prefix: string;
  wedge_suffix: string;
};
