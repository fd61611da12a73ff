// Words for a browser that cannot be a tablet: read only where it cannot.
const vi = {
  try_again: "Thử lại",
  refused: {
    title: "Máy này chưa chạy được Bedside",
    insecure: {
      why: "Trang được mở qua đường không mã hóa.",
      todo: "Mở lại bằng địa chỉ bắt đầu bằng https:// mà quản trị viên đã đưa.",
    },
    no_crypto: {
      why: "Trình duyệt này không có bộ mã hóa (WebCrypto).",
      todo: "Dùng Chrome, Edge hoặc Safari bản mới, mở qua https://.",
    },
    no_storage: {
      why: "Trình duyệt không cho cất dữ liệu trên máy.",
      todo: "Thoát chế độ ẩn danh, hoặc giải phóng bộ nhớ, rồi mở lại.",
    },
    no_locks: {
      why: "Trình duyệt này quá cũ: không giữ được một cửa sổ duy nhất.",
      todo: "Cập nhật trình duyệt rồi mở lại.",
    },
    second_tab: {
      why: "Bedside đang mở ở một cửa sổ khác trên máy này.",
      todo: "Đóng cửa sổ này, hoặc đóng cửa sổ kia rồi thử lại. Chỉ một cửa sổ được ghi, để không phiếu nào gửi lộn.",
    },
    storage_blocked: {
      why: "Kho dữ liệu trên máy đang bị một cửa sổ bản cũ giữ.",
      todo: "Đóng mọi cửa sổ Bedside khác rồi thử lại.",
    },
  },
};

const en: typeof vi = {
  try_again: "Try again",
  refused: {
    title: "Bedside cannot run here yet",
    insecure: {
      why: "The page was opened over an unencrypted connection.",
      todo: "Open it again with the https:// address your administrator gave you.",
    },
    no_crypto: {
      why: "This browser has no encryption (WebCrypto).",
      todo: "Use a recent Chrome, Edge or Safari, over https://.",
    },
    no_storage: {
      why: "The browser does not let the app keep data.",
      todo: "Leave private browsing, or free some space, and open it again.",
    },
    no_locks: {
      why: "This browser is too old: it cannot hold a single window.",
      todo: "Update the browser and open it again.",
    },
    second_tab: {
      why: "Bedside is open in another window on this tablet.",
      todo: "Close this window, or close the other one and try again. Only one window may chart, so that nothing is sent twice.",
    },
    storage_blocked: {
      why: "A window with an old version holds the data on this tablet.",
      todo: "Close every other Bedside window and try again.",
    },
  },
};

export const words = { vi, en };
