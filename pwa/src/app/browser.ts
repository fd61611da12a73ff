// The browser as the tablet core sees it: clocks, chance, network, storage; and whether it has what a tablet needs.
import { open_disk } from "../core/disk.ts";
import type { OpenSocket } from "../core/feed.ts";
import type { Outside, Rules } from "../core/outside.ts";
import type { RefusedReason } from "./tablet_types.ts";

const ONE_TAB = "bedside-tab";
const ONE_WRITER = "bedside-outbox";
/** A page that is not drawn gets no animation frames; its rows move all the same. */
const HIDDEN_FRAME_MS = 200;

/** Why this browser cannot be a tablet; null where it can. */
export function what_is_missing(): RefusedReason | null {
  if (!globalThis.isSecureContext) return "insecure";
  if (globalThis.crypto?.subtle === undefined) return "no_crypto";
  if (globalThis.indexedDB === undefined) return "no_storage";
  if (navigator.locks === undefined) return "no_locks";
  return null;
}

/** Resolves true once this tab is the only one; `waiting` is called where another is open. */
export function only_tab(waiting: () => void): Promise<void> {
  const for_ever = new Promise<void>(() => undefined);
  return new Promise((resolve) => {
    const held = async (lock: Lock | null) => {
      if (lock === null) {
        waiting();
        void navigator.locks.request(ONE_TAB, () => {
          // The other tab is gone. What it wrote must be read anew.
          location.reload();
          return for_ever;
        });
        return;
      }
      resolve();
      await for_ever;
    };
    void navigator.locks.request(ONE_TAB, { ifAvailable: true }, held);
  });
}

/** Everything the core needs. Throws where storage is refused (private mode, full disk). */
export async function browser_outside(app: string, on_storage_lost: () => void): Promise<Outside> {
  return {
    base: "",
    device_now: () => Date.now(),
    steady: () => performance.now(),
    random: () => Math.random(),
    random_bytes: (bytes) => crypto.getRandomValues(bytes),
    fetch: (input, init) => fetch(input, { ...init, credentials: "same-origin" }),
    open_socket,
    disk: await open_disk("bedside", on_storage_lost),
    exclusive: (work) => navigator.locks.request(ONE_WRITER, work) as ReturnType<typeof work>,
    after: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    defer: next_frame,
    load_rules,
    app,
  };
}

async function load_rules(): Promise<Rules> {
  const [{ PREVIEWS }, { FACTS }] = await Promise.all([
    import("./previews.ts"),
    import("../generated/vitals_facts.ts"),
  ]);
  return { previews: PREVIEWS, version: `vitals ${FACTS.version}` };
}

const open_socket: OpenSocket = (path, events) => {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  socket.onopen = () => events.open();
  socket.onmessage = (event) => events.message(String(event.data));
  socket.onclose = () => events.close();
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
};

function next_frame(work: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    work();
  };
  requestAnimationFrame(once);
  setTimeout(once, HIDDEN_FRAME_MS);
}
