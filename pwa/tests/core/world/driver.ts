// A tablet in a process of its own against a real server: takes one call a line on stdin, answers each on stdout.
import "fake-indexeddb/auto";
import { createInterface } from "node:readline";
import { PREVIEWS } from "../../../src/app/previews.ts";
import type { Fetch } from "../../../src/core/call.ts";
import { open_disk } from "../../../src/core/disk.ts";
import type { OpenSocket } from "../../../src/core/feed.ts";
import { TabletCore } from "../../../src/core/tablet.ts";
import type { RowType } from "../../../src/core/wire.ts";

type Asked = { call: string; args: unknown[] };

const base = process.argv[2] ?? "";
const cookies = new Map<string, string>();
let cut = false;

const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");

const jar_fetch: Fetch = async (input, init) => {
  if (cut) throw new TypeError("the cable is cut");
  const headers = { ...(init.headers as { [name: string]: string }), cookie: cookie() };
  const answer = await fetch(input, { ...init, headers });
  for (const set of answer.headers.getSetCookie()) {
    const [pair = ""] = set.split(";");
    cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  }
  return answer;
};

const open_socket: OpenSocket = (path, events) => {
  const with_headers = WebSocket as unknown as new (url: string, how: object) => WebSocket;
  const socket = new with_headers(base.replace("http", "ws") + path, { headers: { cookie: cookie() } });
  socket.onopen = () => (cut ? socket.close() : events.open());
  socket.onmessage = (event) => {
    if (!cut) events.message(String(event.data));
  };
  socket.onclose = () => events.close();
  socket.onerror = () => undefined;
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN && !cut) socket.send(text);
    },
    close: () => socket.close(),
  };
};

const core = new TabletCore({
  base,
  device_now: () => Date.now(),
  steady: () => performance.now(),
  random: () => Math.random(),
  random_bytes: (bytes) => crypto.getRandomValues(bytes),
  fetch: jar_fetch,
  open_socket,
  disk: await open_disk(),
  exclusive: (work) => navigator.locks.request("bedside-outbox", work) as ReturnType<typeof work>,
  after: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  defer: (work) => setImmediate(work),
  load_rules: async () => ({ previews: PREVIEWS, version: "test" }),
  app: "test",
});

/** What a test may ask beside the core's own methods. */
const asides: { [name: string]: (...args: never[]) => unknown } = {
  phase: () => core.phase,
  person: () => core.people.person,
  must: () => core.people.must,
  unsent: () => core.outbox.unsent,
  entries: () => core.outbox.entries.map(({ id, state, answer }) => ({ id, state, answer })),
  stopped: () => core.sender.stopped,
  rows: (type: RowType) => core.view.rows(type),
  stored: (type: RowType) => core.store.rows(type),
  freshness: (log: string) => core.feed.freshness(log),
  cut: (now: boolean) => {
    cut = now;
  },
};

async function answer({ call, args }: Asked): Promise<unknown> {
  const aside = asides[call];
  if (aside !== undefined) return aside(...(args as never[]));
  const method = core[call as keyof TabletCore] as unknown as (...args: unknown[]) => unknown;
  return method.apply(core, args);
}

await core.start();
setInterval(() => void core.second(), 1000);
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const result = await answer(JSON.parse(line) as Asked);
    process.stdout.write(`${JSON.stringify({ result: result ?? null })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  }
}
process.exit(0);
