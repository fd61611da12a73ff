// Runs before the first paint, as a file because the content policy allows no inline script: no white flash at night.
(() => {
  var looks = {};
  try {
    looks = JSON.parse(localStorage.getItem("bedside-looks") || "{}") || {};
  } catch {
    looks = {};
  }
  var root = document.documentElement;
  var hour = new Date().getHours();
  try {
    hour = Number(
      new Intl.DateTimeFormat("en-GB", {
        timeZone: looks.time_zone || "Asia/Ho_Chi_Minh",
        hour: "2-digit",
        hourCycle: "h23",
      }).format(new Date()),
    );
  } catch {
    // An unknown zone: the tablet's own clock will do for the first second.
  }
  var night = looks.theme === "night" || (looks.theme !== "day" && (hour >= 19 || hour < 6));
  root.dataset.theme = night ? "night" : "day";
  root.dataset.hand = looks.hand === "left" ? "left" : "right";
  root.lang = looks.language === "en" ? "en" : "vi";
})();
