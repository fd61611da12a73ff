// Cards, their order, rooms, and who may be mistaken for whom.
import assert from "node:assert/strict";
import { test } from "node:test";
import { card_of, shown_score, sorted, type VitalsState, ward_cards } from "../../src/wards/cards.ts";
import { counted, free_places, rooms_of } from "../../src/wards/rooms.ts";
import { score, ward } from "./ward.ts";

const now = Date.parse("2026-11-24T00:31:00Z");

test("late ones stand first, the worst of them on top; then the rest, worst first", () => {
  const rows = ward(now, [
    { label: "01", due_min: 29, band: "low", total: 3 },
    { label: "12", due_min: 9, band: "medium", total: 6 },
    { label: "03", due_min: -9, band: "red_single", total: 4 },
    { label: "07", due_min: -25, band: "high", total: 7 },
    { label: "09", due_min: -40, band: "low", total: 1 },
    { label: "05", due_min: -41, band: "low", total: 1 },
  ]);
  const cards = ward_cards(rows, "noi", now);
  assert.deepEqual(
    cards.map((card) => card.position),
    ["07", "03", "05", "09", "12", "01"],
  );
  assert.deepEqual(
    cards.map((card) => card.late_minutes),
    [25, 9, 41, 40, 0, 0],
  );
});

test("equal ones keep the order of the corridor, 2 before 12A before 12B", () => {
  const rows = ward(
    now,
    ["12B", "HL-1", "2", "12A"].map((label) => ({ label, due_min: 60, band: "zero", total: 0 })),
  );
  assert.deepEqual(
    sorted(ward_cards(rows, "noi", now)).map((card) => card.position),
    ["2", "12A", "12B", "HL-1"],
  );
});

test("a stay never measured is due since its admission, and shows no score", () => {
  const rows = ward(now, [{ label: "01", admitted_min: -15 }]);
  const [card] = ward_cards(rows, "noi", now);
  assert.equal(card?.late_minutes, 15);
  assert.deepEqual([card?.score.total, card?.score.band, card?.score.measured], [null, "none", false]);
});

test("a lower bound never shows a lower band than the last complete score", () => {
  const state = {
    score: score(2, "low", { lower_bound: true }),
    last_complete: score(8, "high"),
    previous_total: 8,
  } as unknown as VitalsState;
  assert.deepEqual([shown_score(state).band, shown_score(state).total, shown_score(state).at_least], ["high", 2, true]);
});

test("where no score is valid it says why, and a red limit still colours", () => {
  const state = {
    score: score(null, "red_single", { invalid: "pregnancy", red: ["pulse"] }),
    last_complete: null,
    previous_total: null,
  };
  const shown = shown_score(state as unknown as VitalsState);
  assert.deepEqual([shown.total, shown.invalid, shown.red], [null, "pregnancy", ["pulse"]]);
});

test("same name, with and without accents, and same birth date with the family name, both ways", () => {
  const rows = ward(now, [
    { label: "10", name: ["Nguyễn", "Thị", "Hoa"], birth_date: "1958-02-14" },
    { label: "11", name: ["NGUYỄN", "THỊ", "HÒA"], birth_date: "1985-09-03" },
    { label: "20", name: ["Lê", "Văn", "An"], birth_date: "2001-01-01" },
    { label: "21", name: ["Lê", "Thị", "Bình"], birth_date: "2001-01-01" },
    { label: "22", name: ["Phạm", "", "Cúc"], birth_date: "2001-01-01" },
  ]);
  const marks = Object.fromEntries(
    ward_cards(rows, "noi", now).map((card) => [card.position, card.twins.map((t) => `${t.position} ${t.year}`)]),
  );
  assert.deepEqual(marks, { "10": ["11 1985"], "11": ["10 1958"], "20": ["21 2001"], "21": ["20 2001"], "22": [] });
});

test("discharged stays leave the list and the board but can still be opened", () => {
  const rows = ward(now, [{ label: "01" }, { label: "02", discharged: true }]);
  assert.deepEqual(
    ward_cards(rows, "noi", now).map((card) => card.position),
    ["01"],
  );
  assert.equal(card_of(rows, "stay-02", now)?.stay.key, "stay-02");
});

test("rooms and free places are the ward's, in order; extra places are not counted free", () => {
  const rows = ward(
    now,
    [
      { label: "12A", room: "302" },
      { label: "01", room: "301" },
    ],
    [
      { label: "12B", room: "302" },
      { label: "02", room: "301" },
      { label: "HL-1", room: "Hành lang", extra: true },
    ],
  );
  const cards = ward_cards(rows, "noi", now);
  const rooms = rooms_of(rows, "noi", cards);
  assert.deepEqual(
    rooms.map((r) => [r.room, r.places.map((p) => p.position.label)]),
    [
      ["301", ["01", "02"]],
      ["302", ["12A", "12B"]],
      ["Hành lang", ["HL-1"]],
    ],
  );
  const counts = counted(rooms, cards);
  assert.deepEqual([counts.patients, counts.free, counts.late], [2, 2, 2]);
  assert.deepEqual(
    free_places(rooms).flatMap((r) => r.places.map((p) => p.position.label)),
    ["02", "12B", "HL-1"],
  );
});
