// Which preview belongs to which command: the only place that knows them all.
import type { CommandOf, Previews, Row, RowOf, Rows } from "../core/wire.ts";
import {
  preview_answer_age,
  preview_change_patient,
  preview_record_allergy,
  preview_record_allergy_state,
  preview_record_pregnancy,
  preview_record_weight,
  preview_void_wristband,
  preview_wear_wristband,
  preview_withdraw_allergy,
} from "../patients/preview.ts";
import {
  preview_attach_monitor,
  preview_correct_vitals,
  preview_judge_again,
  preview_record_vitals,
  preview_set_spo2_scale,
} from "../vitals/preview.ts";
import {
  preview_admit_patient,
  preview_change_reason,
  preview_discharge_stay,
  preview_move_stay,
  preview_set_care_level,
} from "../wards/preview.ts";

/** Where age, pregnancy, care level or the stay's end changed, its score and next set are judged again. */
function judged(changed: Row[], command: { id: string; stay_id: string }, rows: Rows, now: string): Row[] {
  const stay = changed.find((row): row is RowOf<"stay"> => row.type === "stay");
  const patient = changed.find((row): row is RowOf<"patient"> => row.type === "patient");
  if (stay === undefined && patient === undefined) return changed;
  const what = { ...(stay === undefined ? {} : { stay }), ...(patient === undefined ? {} : { patient }) };
  return [...changed, ...preview_judge_again(command, what, rows, now)];
}

export const PREVIEWS: Previews = {
  admit_patient: preview_admit_patient,
  move_stay: preview_move_stay,
  discharge_stay: (command: CommandOf<"discharge_stay">, rows, now) =>
    judged(preview_discharge_stay(command, rows, now), command, rows, now),
  set_care_level: (command, rows, now) => judged(preview_set_care_level(command, rows), command, rows, now),
  change_reason: preview_change_reason,
  change_patient: (command, rows, now) => judged(preview_change_patient(command, rows), command, rows, now),
  record_allergy: preview_record_allergy,
  record_allergy_state: preview_record_allergy_state,
  withdraw_allergy: preview_withdraw_allergy,
  record_weight: preview_record_weight,
  record_pregnancy: (command, rows, now) => judged(preview_record_pregnancy(command, rows), command, rows, now),
  answer_age: (command, rows, now) => judged(preview_answer_age(command, rows, now), command, rows, now),
  wear_wristband: preview_wear_wristband,
  void_wristband: preview_void_wristband,
  record_vitals: preview_record_vitals,
  correct_vitals: preview_correct_vitals,
  set_spo2_scale: preview_set_spo2_scale,
  attach_monitor: preview_attach_monitor,
};
