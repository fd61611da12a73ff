// What a screen may ask of the tablet: the one object between medicine and machinery.
import type { Api } from "../core/api.ts";
import type { DeadDraft } from "../core/drafts.ts";
import type {
  Answer,
  CommandKind,
  DeviceSelf,
  Freshness,
  OutboxEntry,
  Outcome,
  Payload,
  Person,
  Phase,
  RowOf,
  RowType,
  SetSecret,
  Settings,
  SignIn,
  StaffRow,
  Tick,
  Told,
} from "../core/wire.ts";

/** Why this browser cannot be a tablet. */
export type RefusedReason = "insecure" | "no_crypto" | "no_storage" | "no_locks" | "second_tab" | "storage_blocked";

/** Everything below is reactive where it can change; every list keeps its identity until it changes. */
export type Tablet = {
  readonly phase: Phase;
  readonly refused_reason: RefusedReason | null;
  readonly device: DeviceSelf | null;
  readonly facility: { name: string; demo: boolean };
  readonly person: Person | null;
  /** Readable while locked. */
  readonly staff: readonly StaffRow[];
  /** Who held it within the last 10 minutes: the lock asks for the PIN alone. */
  readonly last_person: string | null;
  /** Staff who have a session on this tablet and so can unlock by PIN. */
  readonly can_unlock: readonly string[];
  /** Milliseconds since 1970, by the server's clock; ticks each second. */
  readonly now: number;
  /** How far this device's clock is off, and when that was measured; null before the first contact. */
  readonly clock: { offset_ms: number; measured_at: string } | null;
  readonly ward_id: string | null;
  /** Wards whose logs are followed here. */
  readonly wards: readonly string[];
  choose_ward(ward_id: string): void;
  freshness(log: string): Freshness;
  /** True until a log's rows were first read (from disk or server). */
  readonly loading: boolean;
  readonly outbox: {
    readonly unsent: number;
    readonly oldest_at: string | null;
    readonly entries: readonly OutboxEntry[];
    /** A person has read a refusal or a held note; it leaves the list. */
    dismiss(command_id: string): Promise<void>;
  };
  rows<T extends RowType>(type: T): readonly RowOf<T>[];
  row<T extends RowType>(type: T, key: string): RowOf<T> | undefined;
  of_stay<T extends RowType>(type: T, stay_id: string): readonly RowOf<T>[];
  tick(command_id: string): Tick;
  /** Resolves with the command's id once it is durable on this tablet (grey tick). Rejects when it is not. */
  report<K extends CommandKind>(kind: K, payload: Payload<K>, told?: readonly Told[]): Promise<string>;
  /** As `report`, then waits for the server's answer up to 8 s. */
  request<K extends CommandKind>(
    kind: K,
    payload: Payload<K>,
    told?: readonly Told[],
  ): Promise<Answer | { answer: "unsent"; id: string }>;
  enrol(code: string): Promise<Outcome>;
  sign_in(how: SignIn): Promise<Outcome>;
  unlock(staff_id: string, pin: string): Promise<Outcome>;
  lock(): void;
  sign_out(): Promise<Outcome>;
  set_secret(secrets: SetSecret): Promise<Outcome>;
  /** What the person must still do after signing in. */
  readonly must: { change_password: boolean; set_pin: boolean };
  staff_by_badge(code: string): Promise<StaffRow | undefined>;
  keep_draft(key: string, value: unknown): Promise<void>;
  draft<T>(key: string): Promise<T | undefined>;
  drop_draft(key: string): Promise<void>;
  /** Drafts of the person that died unrecorded; `drop_draft` once she has read it. */
  dead_drafts(): Promise<DeadDraft[]>;
  /** Marks the tablet as in use (an open keypad), so that the idle lock waits; returns the release. */
  use(name: string): () => void;
  readonly settings: Settings;
  change_settings(changes: Partial<Settings>): void;
  /** Reads over HTTP with the person's token. */
  readonly api: Api;
  /** A new version of the app is waiting; `take_update()` starts it. */
  readonly update_waiting: boolean;
  take_update(): void;
  readonly build: string;
  /** Whether the browser promised not to throw our storage away. */
  readonly persisted: boolean;
};
