// Makes a command out of what a person did: claims complete, text composed, numbers whole.
import type { Clock } from "./clock.ts";
import { type SigningKey, sign_jws } from "./keys.ts";
import type { Command, CommandKind, Payload, Seen, Told } from "./wire.ts";

/** Who acts, with the key that says so. */
export type Author = {
  staff_id: string;
  device_id: string;
  signing: SigningKey;
  /** The server's own word for this session; travels with a re-offer. */
  certificate: string;
};
export type Circumstances = {
  id: string;
  counter: number | null;
  clock: Clock;
  seen: readonly Seen[];
  app: string;
  rules: string;
};

/** The command as it will be signed. Throws on a number that is not whole: the record has no floats. */
export function command_of<K extends CommandKind>(
  kind: K,
  payload: Payload<K>,
  told: readonly Told[],
  author: Author,
  around: Circumstances,
): Command {
  const claims = {
    kind,
    v: 1,
    id: around.id,
    device: author.device_id,
    session: author.signing.session_id,
    counter: around.counter,
    recorded_at: new Date(around.clock.device_now()).toISOString(),
    clock: around.clock.reading(),
    seen: around.seen,
    told,
    app: around.app,
    rules: around.rules,
  };
  return composed({ ...claims, ...payload }) as unknown as Command;
}

export async function signed(command: Command, author: Author): Promise<string> {
  return sign_jws(JSON.stringify(command), author.signing);
}

/** Text in NFC all the way down. */
function composed(value: unknown): unknown {
  if (typeof value === "string") return value.normalize("NFC");
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error(`not a whole number: ${value}`);
  if (Array.isArray(value)) return value.map(composed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([name, member]) => [name, composed(member)]));
}
