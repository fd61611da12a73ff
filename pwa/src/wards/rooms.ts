// The ward as rooms and places: what the board and the wall draw.
import type { RowOf, Rows } from "../core/wire.ts";
import { BANDS, type Band } from "../ui/band.ts";
import { by_label, type Card } from "./cards.ts";

export type Place = { position: RowOf<"position">; card: Card | null };
export type Room = { room: string; places: Place[] };
export type Counts = { patients: number; free: number; late: number; bands: { band: Band; count: number }[] };

/** Every place of a ward in its room, occupied or not, in the order of the corridor. */
export function rooms_of(rows: Rows, ward_id: string, cards: readonly Card[]): Room[] {
  const by_position = new Map(cards.map((card) => [card.stay.position_id, card]));
  const rooms = new Map<string, Place[]>();
  for (const position of rows.rows("position")) {
    if (position.ward_id !== ward_id) continue;
    const places = rooms.get(position.room) ?? [];
    places.push({ position, card: by_position.get(position.key) ?? null });
    rooms.set(position.room, places);
  }
  return [...rooms]
    .toSorted(([a], [b]) => by_label(a, b))
    .map(([room, places]) => ({
      room,
      places: places.toSorted((a, b) => by_label(a.position.label, b.position.label)),
    }));
}

/** What stands in the line above the board. Stays without a place count as patients all the same. */
export function counted(rooms: readonly Room[], cards: readonly Card[]): Counts {
  const free = rooms
    .flatMap(({ places }) => places)
    .filter(({ card, position }) => card === null && !position.extra).length;
  const bands = BANDS.toReversed().map((band) => ({
    band,
    count: cards.filter((card) => card.score.band === band).length,
  }));
  return { patients: cards.length, free, late: cards.filter((card) => card.late_minutes > 0).length, bands };
}

/** Places where nobody lies, for admission and moves. */
export function free_places(rooms: readonly Room[]): Room[] {
  return rooms
    .map(({ room, places }) => ({ room, places: places.filter(({ card }) => card === null) }))
    .filter(({ places }) => places.length > 0);
}
