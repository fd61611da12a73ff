// Words for what was typed, never recorded, and is gone.
const vi = {
  gone: "Bản nhập chưa lưu quá 2 giờ đã bị xóa:",
  again: "Chưa có gì được ghi; nếu còn cần, nhập lại.",
  read: "Đã xem",
  of: (what: string, name: string) => `${what} của ${name}`,
  kinds: { vitals: "bộ DHST", correct: "bản sửa DHST", admission: "phiếu nhận người bệnh", other: "bản nhập" },
};

const en: typeof vi = {
  gone: "Typed more than 2 hours ago, never saved, now deleted:",
  again: "Nothing was recorded; type it again if it is still needed.",
  read: "Seen",
  of: (what, name) => `${what} of ${name}`,
  kinds: { vitals: "vitals", correct: "corrected vitals", admission: "admission form", other: "entry" },
};

export const words = { vi, en };
