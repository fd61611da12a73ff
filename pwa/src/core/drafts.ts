// What was typed and not yet recorded: sealed for one nurse, alive for two hours.
import type { Bytes } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import type { Disk } from "./disk.ts";
import { type DataKey, hidden_name, seal_json, unseal_json } from "./keys.ts";

export const DRAFT_MS = 2 * 3_600_000;
/** Who has not come back by then will not ask any more. */
const TOLD_WITHIN_MS = 48 * 3_600_000;
/** `sealed` goes when the draft dies; what it was about stays until its nurse has been told. */
type Kept = { at: number; sealed: Bytes | null; whose: string; about: Bytes };
export type DeadDraft = { key: string; at: number };
export type DraftParts = { disk: Disk; clock: Clock; data_key: () => DataKey | null };

export class Drafts {
  readonly #parts: DraftParts;

  constructor(parts: DraftParts) {
    this.#parts = parts;
  }

  async keep(staff_id: string, key: string, value: unknown): Promise<void> {
    const data_key = this.#key();
    const place = await hidden_name(data_key, "draft", staff_id, key);
    const kept: Kept = {
      at: this.#parts.clock.now(),
      sealed: await seal_json(data_key.seal, value, `draft:${place}`),
      whose: await hidden_name(data_key, "drafts", staff_id, ""),
      about: await seal_json(data_key.seal, key, `about:${place}`),
    };
    await this.#parts.disk.write([{ room: "drafts", key: place, value: kept }]);
  }

  /** What this nurse typed there less than two hours ago. */
  async read<T>(staff_id: string, key: string): Promise<T | undefined> {
    const data_key = this.#key();
    const place = await hidden_name(data_key, "draft", staff_id, key);
    const kept = await this.#parts.disk.get<Kept>("drafts", place);
    if (kept === undefined || kept.sealed === null || this.#is_dead(kept)) return undefined;
    return unseal_json<T>(data_key.seal, kept.sealed, `draft:${place}`);
  }

  async drop(staff_id: string, key: string): Promise<void> {
    const place = await hidden_name(this.#key(), "draft", staff_id, key);
    await this.#parts.disk.write([{ room: "drafts", key: place, remove: true }]);
  }

  /** Removes what was typed more than two hours ago; needs no key. */
  async prune(): Promise<void> {
    const dead = (await this.#parts.disk.all<Kept>("drafts")).filter(([, kept]) => this.#is_dead(kept));
    const typed = dead.filter(([, kept]) => kept.sealed !== null);
    const old = dead.filter(([, kept]) => this.#parts.clock.now() - kept.at >= TOLD_WITHIN_MS);
    await this.#parts.disk.write([
      ...typed.map(([key, kept]) => ({ room: "drafts" as const, key, value: { ...kept, sealed: null } })),
      ...old.map(([key]) => ({ room: "drafts" as const, key, remove: true as const })),
    ]);
  }

  /** What this nurse typed, did not record, and lost to the two hours; told until it is dropped. */
  async dead(staff_id: string): Promise<DeadDraft[]> {
    const data_key = this.#key();
    const whose = await hidden_name(data_key, "drafts", staff_id, "");
    const mine = (await this.#parts.disk.all<Kept>("drafts")).filter(
      ([, kept]) => kept.whose === whose && this.#is_dead(kept),
    );
    return Promise.all(
      mine.map(async ([place, kept]) => ({
        key: await unseal_json<string>(data_key.seal, kept.about, `about:${place}`),
        at: kept.at,
      })),
    );
  }

  #is_dead(kept: Kept): boolean {
    return this.#parts.clock.now() - kept.at >= DRAFT_MS;
  }

  #key(): DataKey {
    const key = this.#parts.data_key();
    if (key === null) throw new Error("nobody has unlocked this tablet yet");
    return key;
  }
}
