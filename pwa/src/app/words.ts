// Words of the shell: starting, where to go.
const vi = {
  starting: "Đang mở máy…",
  starting_note: "Đang đọc dữ liệu đã cất trên máy này.",
  screen_loading: "Đang mở màn hình…",
  screen_failed: "Không mở được màn hình này.",
  screen_failed_note: "Những gì đã ghi vẫn còn nguyên trên máy. Thử lại, hoặc tải lại ứng dụng.",
  try_again: "Thử lại",
  reload: "Tải lại ứng dụng",
  no_such_place: "Không có màn hình này.",
  no_such_place_note: "Địa chỉ có thể đã cũ.",
  go_home: "Về danh sách người bệnh",
  update: "Có bản mới của Bedside.",
  update_note: "Mất vài giây. Không phiếu nào bị mất.",
  take_update: "Cập nhật",
  places: { patients: "Người bệnh", board: "Bảng khoa", more: "Thêm", scan: "Quét mã" },
  shifts: { morning: "Ca sáng", afternoon: "Ca chiều", night: "Ca đêm" },
};

const en: typeof vi = {
  starting: "Starting…",
  starting_note: "Reading what is kept on this tablet.",
  screen_loading: "Opening…",
  screen_failed: "This screen could not be opened.",
  screen_failed_note: "What was charted is safe on the tablet. Try again, or reload the app.",
  try_again: "Try again",
  reload: "Reload the app",
  no_such_place: "There is no such screen.",
  no_such_place_note: "The address may be an old one.",
  go_home: "To the patient list",
  update: "A new version of Bedside is ready.",
  update_note: "It takes a few seconds. Nothing is lost.",
  take_update: "Update",
  places: { patients: "Patients", board: "Ward board", more: "More", scan: "Scan" },
  shifts: { morning: "Morning", afternoon: "Afternoon", night: "Night" },
};

export const words = { vi, en };
