// Why the record did not take an act, in words; keyed by the rule the server names.
import type { Answer } from "../core/wire.ts";
import { language } from "../ui/language.svelte.ts";

const vi: Record<string, string> = {
  not_allowed: "Vai trò hoặc khoa của bạn không được làm việc này.",
  session_ended: "Phiên đã hết trước khi làm việc này.",
  staff_exists: "Người này đã có.",
  login_taken: "Tên đăng nhập này đã có người dùng.",
  unknown_staff: "Không có nhân viên này.",
  staff_disabled: "Tài khoản này đã ngừng.",
  already_disabled: "Tài khoản này đã ngừng từ trước.",
  not_disabled: "Tài khoản này đang hoạt động.",
  last_administrator: "Đây là quản trị viên cuối cùng: cần ít nhất một người.",
  unknown_device: "Không có máy này.",
  already_revoked: "Máy này đã bị thu hồi.",
  unknown_ward: "Không có khoa này.",
  ward_exists: "Mã khoa này đã có.",
  ward_taken: "Mã khoa này đã có.",
  position_exists: "Vị trí này đã có.",
  label_taken: "Tên vị trí này đã có trong khoa.",
  position_taken: "Vị trí này đang có người bệnh.",
  position_occupied: "Vị trí này đang có người bệnh.",
  position_closed: "Vị trí này đã đóng.",
  position_unknown: "Không có vị trí này.",
  unknown_position: "Không có vị trí này.",
  stay_exists: "Đợt điều trị này đã có.",
  stay_unknown: "Không có đợt điều trị này.",
  unknown_stay: "Không có đợt điều trị này.",
  stay_ended: "Đợt điều trị này đã kết thúc.",
  already_so: "Thang SpO2 này đang dùng rồi.",
  decided_since: "Thang SpO2 đã được đổi sau thời điểm đó. Xem lại rồi quyết định.",
  already_discharged: "Người bệnh đã ra viện.",
  already_here: "Người bệnh đang ở đúng vị trí này.",
  physician_only: "Chỉ bác sĩ được ghi điều này.",
  patient_exists: "Người bệnh này đã có hồ sơ.",
  patient_unknown: "Không có hồ sơ người bệnh này.",
  already_admitted: "Người bệnh này đang nằm ở một khoa.",
  allergy_unknown: "Không có mục dị ứng này.",
  not_first_band: "Đã in vòng tay: chọn lý do in lại.",
  band_unknown: "Không có vòng tay này.",
  band_void: "Vòng tay này đã hủy.",
  identifier_empty: "Thiếu số định danh.",
  identifier_taken: "Số định danh này đã thuộc người bệnh khác.",
  given_name_empty: "Cần tên.",
  birth_in_future: "Ngày sinh ở tương lai.",
  ward_id_reserved: "Mã khoa này dành cho hệ thống: chọn mã khác.",
  ward_unknown: "Không có khoa này.",
  label_empty: "Tên vị trí cần chữ hoặc số.",
  time_in_future: "Giờ này ở tương lai.",
  before_admission: "Giờ này trước lúc vào khoa.",
  already_there: "Người bệnh đã nằm ở vị trí này.",
  name_missing: "Cần tên.",
  birth_disagrees: "Ngày sinh và năm sinh không khớp.",
  birth_missing: "Cần ngày sinh hoặc năm sinh.",
  age_needed: "Người chưa rõ danh tính cần tuổi ước lượng.",
  service_only: "Việc này máy chủ tự làm.",
};

const en: Record<string, string> = {
  not_allowed: "Your role or ward does not allow this.",
  session_ended: "Your session had ended before this was done.",
  staff_exists: "This person is there already.",
  login_taken: "This login is taken.",
  unknown_staff: "There is no such member of staff.",
  staff_disabled: "This account is switched off.",
  already_disabled: "This account is switched off already.",
  not_disabled: "This account is on.",
  last_administrator: "This is the last administrator: at least one is needed.",
  unknown_device: "There is no such tablet.",
  already_revoked: "This tablet was revoked already.",
  unknown_ward: "There is no such ward.",
  ward_exists: "This ward code is taken.",
  ward_taken: "This ward code is taken.",
  position_exists: "This position is there already.",
  label_taken: "This position name is taken on this ward.",
  position_taken: "A patient is in this position.",
  position_occupied: "A patient is in this position.",
  position_closed: "This position is closed.",
  position_unknown: "There is no such position.",
  unknown_position: "There is no such position.",
  stay_exists: "This stay is there already.",
  stay_unknown: "There is no such stay.",
  unknown_stay: "There is no such stay.",
  stay_ended: "This stay has ended.",
  already_so: "This SpO2 scale is in use already.",
  decided_since: "The SpO2 scale was changed after that time. Look again, then decide.",
  already_discharged: "The patient has been discharged.",
  already_here: "The patient is in this position already.",
  physician_only: "Only a physician may record this.",
  patient_exists: "This patient has a record already.",
  patient_unknown: "There is no such patient.",
  already_admitted: "This patient is on a ward already.",
  allergy_unknown: "There is no such allergy.",
  not_first_band: "A band was printed before: choose why it is printed again.",
  band_unknown: "There is no such band.",
  band_void: "This band is void.",
  identifier_empty: "An identifying number is missing.",
  identifier_taken: "This number belongs to another patient.",
  given_name_empty: "A given name is needed.",
  birth_in_future: "The birth date lies in the future.",
  ward_id_reserved: "This ward id is the system's own: choose another.",
  ward_unknown: "There is no such ward.",
  label_empty: "A place needs a letter or a digit.",
  time_in_future: "This time is in the future.",
  before_admission: "This time is before the admission.",
  already_there: "The patient lies there already.",
  name_missing: "A name is needed.",
  birth_disagrees: "Birth date and birth year do not agree.",
  birth_missing: "A birth date or year is needed.",
  age_needed: "An unknown person needs an estimated age.",
  service_only: "Only the server itself does this.",
};

const answers = {
  vi: {
    accepted: "Đã ghi vào hồ sơ.",
    refused: (rule: string) => `Không được nhận (${rule}).`,
    held: "Máy chủ đang giữ để quản trị viên xem. Không mất.",
    retry: "Máy chủ đang bận; máy này tự gửi lại.",
    unsent: "Chưa gửi được; máy này giữ và tự gửi khi có mạng.",
  },
  en: {
    accepted: "In the record.",
    refused: (rule: string) => `Not accepted (${rule}).`,
    held: "The server holds it for an administrator. It is not lost.",
    retry: "The server is busy; this tablet sends it again.",
    unsent: "Not sent yet; this tablet keeps it and sends it when the network is back.",
  },
};

/** Every rule of a refusal this dictionary has words for, by language. */
export const REFUSALS: Record<"vi" | "en", Record<string, string>> = { vi, en };

/** One refusal rule in words; an unknown one keeps its name, so that it can be reported. */
export function refusal(rule: string): string {
  return REFUSALS[language.now][rule] ?? answers[language.now].refused(rule);
}

export type Told = { kind: "done" | "error" | "stale"; text: string };

/** An answer as a bar says it. */
export function told(answer: Answer | { answer: "unsent" }): Told {
  const said = answers[language.now];
  switch (answer.answer) {
    case "accepted":
      return { kind: "done", text: said.accepted };
    case "refused":
      return { kind: "error", text: refusal(answer.rule) };
    case "held":
      return { kind: "stale", text: said.held };
    case "retry":
      return { kind: "stale", text: said.retry };
    default:
      return { kind: "stale", text: said.unsent };
  }
}
