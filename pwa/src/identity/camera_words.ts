// Words of the small camera on lock, sign-in and enrolment.
const vi = {
  view: "Hình từ máy ảnh",
  hold: "Đưa mã vào giữa khung.",
  close: "Đóng máy ảnh",
  troubles: {
    no_camera: "Máy này không có máy ảnh. Dùng đầu đọc rời, hoặc chọn tên.",
    not_allowed: "Chưa cho phép dùng máy ảnh. Mở cài đặt trình duyệt, cho phép máy ảnh, rồi thử lại.",
    busy: "Ứng dụng khác đang dùng máy ảnh. Đóng ứng dụng đó rồi thử lại.",
    insecure: "Không có https:// thì trình duyệt không cho dùng máy ảnh.",
  },
};

const en: typeof vi = {
  view: "Picture of the camera",
  hold: "Hold the code inside the frame.",
  close: "Close the camera",
  troubles: {
    no_camera: "This tablet has no camera. Use a hand-held scanner, or choose a name.",
    not_allowed: "The camera is not allowed. Allow it in the browser's settings and try again.",
    busy: "Another app uses the camera. Close it and try again.",
    insecure: "Without https:// the browser gives no camera.",
  },
};

export const camera_words = { vi, en };
