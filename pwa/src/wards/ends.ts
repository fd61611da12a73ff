// What a discharge ends at the same time, so that nothing is left hanging unseen.
import type { OutboxEntry, Rows } from "../core/wire.ts";
import type { Card } from "./cards.ts";
import type { words } from "./words.ts";

type Words = (typeof words)["vi"];
export type End = { kind: string; say: (w: Words, clock: (at_ms: number) => string) => string };

/** In the order in which they matter. */
export function ends(rows: Rows, card: Card, outbox: readonly OutboxEntry[]): End[] {
  const found: End[] = [];
  const { total, band } = card.score;
  if (total !== null && (band === "high" || band === "medium" || band === "red_single")) {
    found.push({ kind: "score", say: (w) => w.ends.score(String(total)) });
  }
  found.push({
    kind: "vitals",
    say: (w, clock) => (card.late_minutes > 0 ? w.ends.vitals_late : w.ends.vitals)(clock(card.due_ms)),
  });
  if (rows.row("vitals_state", card.stay.key)?.monitor_attached)
    found.push({ kind: "monitor", say: (w) => w.ends.monitor });
  const bands = rows.of_stay("wristband", card.stay.key);
  if (bands.some(({ state }) => state === "live" || state === "printed"))
    found.push({ kind: "band", say: (w) => w.ends.band });
  const position = card.position;
  if (position !== null) found.push({ kind: "bed", say: (w) => w.ends.bed(position) });
  const unsent = outbox.filter(
    (entry) => entry.stay_id === card.stay.key && (entry.state === "unsent" || entry.state === "set_aside"),
  ).length;
  if (unsent > 0) found.push({ kind: "unsent", say: (w) => w.ends.unsent(unsent) });
  return found;
}
