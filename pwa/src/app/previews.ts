// Which preview belongs to which command: the only place that knows them all.
import type { Previews } from "../core/wire.ts";
import {
  preview_attach_monitor,
  preview_correct_vitals,
  preview_record_vitals,
  preview_set_spo2_scale,
} from "../vitals/preview.ts";

export const PREVIEWS: Previews = {
  record_vitals: preview_record_vitals,
  correct_vitals: preview_correct_vitals,
  set_spo2_scale: preview_set_spo2_scale,
  attach_monitor: preview_attach_monitor,
};
