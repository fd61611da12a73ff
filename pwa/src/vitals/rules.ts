// The rules of vital signs, V1 to V16 of docs/rules/vitals.md. Twin of backend/vitals/rules; pure: values in, values out.
// Instants are whole milliseconds since 1970 UTC.
export { FACTS } from "../generated/vitals_facts.ts";
export {
  type Bands,
  chart_for,
  full_set,
  type Person,
  red_limits,
  red_span,
  red_tables,
  type Subject,
  subject_at,
  type Values,
} from "./rules/charts.ts";
export { escalation_reasons, interval_minutes, next_due_ms } from "./rules/due.ts";
export {
  counts,
  entry_check,
  entry_limits,
  is_too_ill,
  judged,
  rare_values,
  reading_fault,
  SCORED,
  type Value,
} from "./rules/entry.ts";
export {
  as_of_ms,
  type Carried,
  type Circumstances,
  type Entry,
  effective_corrections,
  is_complete,
  late_score,
  results_of,
  type Standing,
  scale_at,
  score_of,
  standing_entries,
  standing_of,
} from "./rules/history.ts";
export {
  clamped,
  type Found,
  found_after_stay,
  found_in_identification,
  found_in_times,
  found_in_values,
  needs_late_reason,
} from "./rules/report.ts";
export {
  acting_band,
  assembled,
  BAND_ORDER,
  type Band,
  band_of,
  bands_of,
  early_warning_score,
  MINUTE_MS,
  oxygen_starts,
  type Result,
  ruler,
  shown_band,
  span_said,
  sub_score,
} from "./rules/scoring.ts";
