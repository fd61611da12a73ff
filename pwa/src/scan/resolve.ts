// What a read code means on this ward: whose band it is, or what to do about it.
import type { Read } from "../barcode/codes.ts";
import type { RowOf, Rows } from "../core/wire.ts";

export type BandState = "printed" | "live" | "superseded";
export type Outcome =
  | { kind: "match"; stay_id: string; code: string; band: BandState }
  | { kind: "mismatch"; stay_id: string; expected: string; code: string; alike: boolean }
  | { kind: "void"; stay_id: string; code: string }
  | { kind: "discharged"; stay_id: string; code: string }
  | { kind: "moved"; to_ward_id: string; code: string }
  | { kind: "unknown_band"; code: string }
  | { kind: "bed"; code: string; stay_ids: string[]; position: RowOf<"position"> | null }
  | { kind: "badge"; code: string }
  | { kind: "not_yet"; what: string }
  | { kind: "unreadable"; reason: string };

/** `expected` is the stay that is open; `alike` tells whether two stays bear names that may be confused. */
export function resolved(
  read: Read,
  rows: Rows,
  expected: string | null,
  alike: (a: string, b: string) => boolean,
): Outcome {
  if ("reason" in read) return { kind: "unreadable", reason: read.reason };
  if (read.kind === "wristband") return band(read.code, rows, expected, alike);
  if (read.kind === "staff_badge") return { kind: "badge", code: read.code };
  if (read.kind === "bed") return bed(read.code, rows);
  return { kind: "not_yet", what: read.kind };
}

function band(code: string, rows: Rows, expected: string | null, alike: (a: string, b: string) => boolean): Outcome {
  const row = rows.row("wristband", code);
  if (row === undefined || row.stay_id === null) return { kind: "unknown_band", code };
  const stay = rows.row("stay", row.stay_id);
  if (stay === undefined) {
    const moved = rows.of_stay("moved_stay", row.stay_id)[0];
    return moved === undefined ? { kind: "unknown_band", code } : { kind: "moved", to_ward_id: moved.to_ward_id, code };
  }
  const stay_id = stay.key;
  if (row.state === "void") return { kind: "void", stay_id, code };
  if (expected !== null && expected !== stay_id) {
    return { kind: "mismatch", stay_id, expected, code, alike: alike(stay_id, expected) };
  }
  if (stay.discharged_at !== null) return { kind: "discharged", stay_id, code };
  return { kind: "match", stay_id, code, band: row.state };
}

function bed(code: string, rows: Rows): Outcome {
  const positions = rows.rows("position").filter((position) => position.code === code);
  const keys = new Set(positions.map((position) => position.key));
  const stays = rows
    .rows("stay")
    .filter((stay) => stay.discharged_at === null && stay.position_id !== null && keys.has(stay.position_id));
  return { kind: "bed", code, stay_ids: stays.map((stay) => stay.key), position: positions[0] ?? null };
}

/** High and short for a match, two low ones for a stop, the longest for people who are easily confused. */
export function signal(outcome: Outcome): "match" | "stop" | "alike" | "note" {
  if (outcome.kind === "match") return outcome.band === "superseded" ? "note" : "match";
  if (outcome.kind === "mismatch") return outcome.alike ? "alike" : "stop";
  return outcome.kind === "bed" || outcome.kind === "badge" ? "note" : "stop";
}
