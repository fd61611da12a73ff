// What was found about an act, in words; keyed by the rule the server names.
import { language } from "../ui/language.svelte.ts";

const vi = {
  late_entry: "Ghi muộn hơn 60 phút",
  impossible_value: "Số không đo được bằng máy",
  no_value: "Thiếu số",
  unknown_code: "Mã không rõ",
  taken_in_future: "Giờ đo ở tương lai",
  identified_by_question: "Nhận diện bằng câu hỏi",
  not_identified: "Không nhận diện người bệnh",
  band_not_scanned: "Không có mã vòng tay",
  band_unknown: "Vòng tay không có trong hệ thống",
  band_of_another_patient: "Vòng tay của người khác",
  band_void: "Vòng tay đã hủy",
  band_superseded: "Vòng tay cũ, hãy thay",
  band_not_worn: "Vòng tay mới in, lần đầu dùng",
  band_of_earlier_stay: "Vòng tay của đợt trước",
  stay_ended: "Ghi sau khi ra viện",
  corrects_unknown: "Đính chính một phiếu không có ở đây",
  correction_disputed: "Đính chính phiếu của người khác: giữ cả hai phiếu",
  score_corrected: "Đính chính làm đổi mức điểm",
  late_score: "Điểm cao gửi đến muộn, đã có điểm mới thấp hơn",
  allergy_not_coded: "Dị ứng ghi bằng chữ: chưa có mã, máy không kiểm tra được",
  allergy_weakened: "Dị ứng được ghi nhẹ hơn trước",
  allergy_contradicted: "Trái với dị ứng đang có trong hồ sơ",
  weight_changed: "Cân nặng lệch từ 10 % so với lần trước",
  time_in_future: "Giờ ghi ở tương lai",
  pregnancy_of_a_man: "Ghi mang thai cho người bệnh nam",
  delivery_date_missing: "Chưa có ngày sinh con",
  age_disagrees: "Tuổi không khớp năm sinh",
  not_allowed: "Người ghi không có quyền làm việc này",
  author_unverified: "Chưa xác minh được người ghi",
  session_not_open: "Phiên của người ghi không mở lúc đó",
};

const en: typeof vi = {
  late_entry: "Charted more than 60 minutes late",
  impossible_value: "A value no device shows",
  no_value: "Value missing",
  unknown_code: "Code not known",
  taken_in_future: "Taken in the future",
  identified_by_question: "Identified by question",
  not_identified: "Patient not identified",
  band_not_scanned: "No wristband code",
  band_unknown: "Wristband not known",
  band_of_another_patient: "Another patient's wristband",
  band_void: "Void wristband",
  band_superseded: "Old wristband, replace it",
  band_not_worn: "New wristband, first use",
  band_of_earlier_stay: "Wristband of an earlier stay",
  stay_ended: "Charted after discharge",
  corrects_unknown: "Corrects an entry that is not here",
  correction_disputed: "Corrects another's entry: both stay",
  score_corrected: "The correction changed the band",
  late_score: "A high score came late; a newer one is lower",
  allergy_not_coded: "Allergy in free text: no code, so nothing checks it",
  allergy_weakened: "Allergy recorded as milder than before",
  allergy_contradicted: "Contradicts an allergy on record",
  weight_changed: "Weight differs from the last by 10 % or more",
  time_in_future: "Time lies in the future",
  pregnancy_of_a_man: "Pregnancy recorded for a man",
  delivery_date_missing: "Delivery date missing",
  age_disagrees: "Age does not fit the birth year",
  not_allowed: "The author's role or ward does not allow this",
  author_unverified: "Author not yet verified",
  session_not_open: "The author's session was not open then",
};

/** Every rule of a finding this dictionary has words for, by language. */
export const FINDINGS: Record<"vi" | "en", Record<string, string>> = { vi, en };

/** One finding's rule in words; an unknown one keeps its name, so that it can be reported. */
export function finding(rule: string): string {
  return FINDINGS[language.now][rule] ?? rule;
}
