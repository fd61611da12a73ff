// Every code read on this tablet passes here: from the camera, from a scanner that types, on any screen.
import { route } from "../app/route.svelte.ts";
import { tablet } from "../app/tablet.svelte.ts";
import { type Read, read } from "../barcode/codes.ts";
import { type Burst, fed, NO_BURST, typed } from "./wedge.ts";

/** True where the handler took the code; the last one registered is asked first. */
export type ScanHandler = (found: Read, raw: string) => boolean;
export type Unhandled = { reason: string; at_ms: number };

const handlers: ScanHandler[] = [];
/** A badge that locked the tablet; the lock screen comes a moment later and takes it as its first scan. */
let for_the_lock: string | null = null;
let unhandled = $state.raw<Unhandled | null>(null);

export const bus = {
  /** The last code nobody could use, so that the shell can say what to do. */
  get unhandled(): Unhandled | null {
    return unhandled;
  },
  clear(): void {
    unhandled = null;
  },
};

/** Asks for codes until the returned function is called. */
export function on_scan(handler: ScanHandler): () => void {
  handlers.push(handler);
  if (for_the_lock !== null && tablet.phase !== "open") {
    const code = for_the_lock;
    for_the_lock = null;
    handler(read(code), code);
  }
  return () => {
    const index = handlers.indexOf(handler);
    if (index >= 0) handlers.splice(index, 1);
  };
}

/** Hands a scanned text to whoever takes it. */
export function offer(raw: string): void {
  const found = read(raw);
  unhandled = null;
  for (const handler of handlers.toReversed()) if (handler(found, raw)) return;
  if (tablet.phase === "open") otherwise(found);
}

/** Nobody asked: a band goes to its patient, a bed to its chooser, a badge to its owner, all else says what to do. */
function otherwise(found: Read): void {
  if ("reason" in found) unhandled = { reason: found.reason, at_ms: Date.now() };
  else if (found.kind === "wristband") route.go(`/match/${found.code}`);
  else if (found.kind === "bed") route.go(`/beds/${found.code}`);
  else if (found.kind === "staff_badge") void switch_user(found.code);
  else unhandled = { reason: found.kind, at_ms: Date.now() };
}

/** A badge read while someone else holds the tablet: it locks, and the lock screen is handed the badge. */
async function switch_user(code: string): Promise<void> {
  const owner = await tablet.staff_by_badge(code);
  if (owner === undefined) unhandled = { reason: "unknown_badge", at_ms: Date.now() };
  else if (owner.key !== tablet.person?.staff_id) {
    for_the_lock = code;
    tablet.lock();
  }
}

type Field = HTMLInputElement | HTMLTextAreaElement;
type Landed = { field: Field; value: string; start: number | null } | null;

function field_of(target: EventTarget | null): Field | null {
  const is_field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  return is_field ? target : null;
}

/** Listens for a scanner that types, wherever the focus is. A burst that landed in a field is taken back out of it. */
export function listen(target: EventTarget = window): () => void {
  let burst: Burst = NO_BURST;
  let landed: Landed = null;
  const pressed = (event: Event) => {
    if (!(event instanceof KeyboardEvent) || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = typed(event.key, event.code);
    if (key === null) return;
    const field = field_of(event.target);
    const next = fed(burst, key, event.timeStamp, {
      prefix: tablet.settings?.wedge_prefix ?? "",
      suffix: tablet.settings?.wedge_suffix ?? "",
    });
    if (next.burst.text.length === 1)
      landed = field === null ? null : { field, value: field.value, start: field.selectionStart };
    burst = next.burst;
    if (next.scanned === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (landed !== null) taken_back(landed);
    offer(next.scanned);
  };
  target.addEventListener("keydown", pressed, { capture: true });
  return () => target.removeEventListener("keydown", pressed, { capture: true });
}

function taken_back({ field, value, start }: NonNullable<Landed>): void {
  field.value = value;
  if (start !== null && field.type !== "date" && field.type !== "number") field.setSelectionRange(start, start);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
