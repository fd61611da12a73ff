// Previews of acts on patients and stays: the rows as they will come back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PREVIEWS } from "../../src/app/previews.ts";
import type { CommandKind, CommandOf, Preview, Row, Rows } from "../../src/core/wire.ts";
import { rows_of, ward } from "./ward.ts";

const now = "2026-11-24T00:31:00.000Z";
const base = ward(
  Date.parse(now),
  [
    {
      label: "07",
      due_min: 5,
      patient: { weights: [{ weight_g: 52_000, source: "scale", weighed_at: "2026-11-20T00:00:00Z" }] },
    },
  ],
  [{ label: "16" }],
);

function preview<K extends CommandKind>(kind: K, payload: object, rows: Rows = base): Row[] {
  const command = {
    kind,
    id: "c",
    recorded_at: now,
    clock: { offset_ms: 0 },
    stay_id: "stay-07",
    ...payload,
  } as unknown as CommandOf<K>;
  return (PREVIEWS[kind] as unknown as Preview<CommandOf<K>>)(command, rows, now, "nobody");
}
const patient = (rows: Row[]) => rows.find((row) => row.type === "patient") as Extract<Row, { type: "patient" }>;
const stay = (rows: Row[]) => rows.find((row) => row.type === "stay") as Extract<Row, { type: "stay" }>;

test("the newest weight stands first, and one weighed earlier falls into its place", () => {
  const weights = (weighed_at: string) =>
    patient(preview("record_weight", { weight_g: 53_000, source: "scale", weighed_at })).weights.map((w) => w.weight_g);
  assert.deepEqual(weights(now), [53_000, 52_000]);
  assert.deepEqual(weights("2026-11-19T00:00:00Z"), [52_000, 53_000]);
  assert.equal(
    patient(preview("record_weight", { weight_g: 1, source: "scale", weighed_at: "2027-01-01T00:00:00Z" })).weights[0]
      ?.weighed_at,
    now,
    "never in the future",
  );
});

test("an allergy makes the state known; an answer does not unmake it; a withdrawal of the last one does", () => {
  const allergy = { allergy_id: "a", substance: "Penicilin", code: "J01C", severity: "severe", certainty: "confirmed" };
  const known = patient(preview("record_allergy", allergy));
  assert.deepEqual([known.allergy_state, known.allergies.length, known.allergy_asked_at], ["known", 1, null]);
  const rows = rows_of([...base.rows("stay"), known]);
  assert.equal(
    patient(preview("record_allergy_state", { state: "none_known", asked: "" }, rows)).allergy_state,
    "known",
  );
  assert.equal(
    patient(preview("record_allergy", { ...allergy, severity: "mild" }, rows)).allergies[0]?.severity,
    "severe",
    "nobody but a physician weakens it",
  );
  assert.equal(patient(preview("withdraw_allergy", { allergy_id: "a" }, rows)).allergy_state, "not_asked");
});

test("a move takes a free place in the ward, never an occupied one", () => {
  assert.equal(stay(preview("move_stay", { ward_id: "noi", position_id: "pos-16" })).position_id, "pos-16");
  assert.deepEqual(preview("move_stay", { ward_id: "noi", position_id: "pos-07" }), []);
  assert.deepEqual(preview("move_stay", { ward_id: "ngoai", position_id: "x" }), []);
});

test("a discharge frees the place, keeps the chart 72 hours and ends the next set", () => {
  const rows = preview("discharge_stay", { way: "home", discharged_at: now });
  const gone = stay(rows);
  assert.deepEqual([gone.position_id, gone.discharged_at, gone.keep_until], [null, now, "2026-11-27T00:31:00.000Z"]);
  assert.equal(rows.find((row) => row.type === "vitals_state")?.next_due_at, null);
});

test("an admission brings a stay and a patient without a code yet; a known one brings the stay alone", () => {
  const admit = {
    ward_id: "noi",
    stay_id: "new",
    patient_id: "p",
    position_id: "pos-16",
    reason: "Sốt",
    admitted_at: now,
  };
  const made = preview("admit_patient", { ...admit, patient: { given_name: "An", birth_year: 1990, sex: "male" } });
  assert.deepEqual(
    [stay(made).key, patient(made).given_name, patient(made).patient_code, patient(made).allergy_state],
    ["new", "An", "", "not_asked"],
  );
  assert.deepEqual(
    preview("admit_patient", { ...admit, patient: null, patient_id: "patient-07" }).map((row) => row.type),
    ["stay"],
  );
  assert.deepEqual(
    preview("admit_patient", { ...admit, position_id: "pos-07", patient: null, patient_id: "patient-07" }),
    [],
  );
});

test("a printed band goes live and the older ones are superseded; void stays void", () => {
  const band = (key: string, state: string, print_number: number) =>
    ({ type: "wristband", key, stay_id: "stay-07", state, print_number }) as unknown as Row;
  const rows = rows_of([...base.rows("stay"), band("1", "live", 1), band("2", "printed", 2), band("3", "void", 3)]);
  const states = (code: string) =>
    preview("wear_wristband", { code }, rows).map((row) => (row.type === "wristband" ? `${row.key} ${row.state}` : ""));
  assert.deepEqual(states("2"), ["2 live", "1 superseded"]);
  assert.deepEqual(states("3"), []);
  assert.deepEqual(states("1"), []);
});
