// The language in view and how dates, times and figures are written in it.
export type Language = "vi" | "en";

const MINUTE_MS = 60_000;
let chosen = $state<Language>("vi");
let zone = $state("Asia/Ho_Chi_Minh");

export const language = {
  get now(): Language {
    return chosen;
  },
  get time_zone(): string {
    return zone;
  },
  choose(wanted: Language): void {
    chosen = wanted;
    if (typeof document !== "undefined") document.documentElement.lang = wanted;
  },
  choose_time_zone(wanted: string): void {
    zone = wanted;
  },
};

export type Instant = string | number | Date;
type Parts = { year: string; month: string; day: string; hour: string; minute: string; second: string };

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(key: string, locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${key} ${locale} ${zone}`;
  const made = formatters.get(name) ?? new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  formatters.set(name, made);
  return made;
}

/** The wall-clock parts of an instant in the hospital's time zone, two digits each. */
export function parts(at: Instant): Parts {
  const found = formatter("parts", "en-GB", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(new Date(at));
  const part = (type: string) => found.find((one) => one.type === type)?.value ?? "";
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}

/** 07:31 */
export function clock(at: Instant): string {
  const { hour, minute } = parts(at);
  return `${hour}:${minute}`;
}

/** 07:31:04 */
export function clock_seconds(at: Instant): string {
  const { hour, minute, second } = parts(at);
  return `${hour}:${minute}:${second}`;
}

/** 23/11/2026 */
export function day(at: Instant): string {
  const { day, month, year } = parts(at);
  return `${day}/${month}/${year}`;
}

/** 23/11 */
export function short_day(at: Instant): string {
  const { day, month } = parts(at);
  return `${day}/${month}`;
}

/** 23/11/2026 07:31 */
export function date_time(at: Instant): string {
  return `${day(at)} ${clock(at)}`;
}

/** 07:31 on the same day as `now`, 23/11 07:31 before or after. */
export function when(at: Instant, now: Instant): string {
  return day(at) === day(now) ? clock(at) : `${short_day(at)} ${clock(at)}`;
}

const HALF_DAY_MS = 12 * 60 * MINUTE_MS;

/** When something is due: the time alone within half a day, where it can be no other day's; else with the date. */
export function due(at: Instant, now: Instant): string {
  return Math.abs(Number(new Date(at)) - Number(new Date(now))) < HALF_DAY_MS ? clock(at) : when(at, now);
}

/** Thứ Hai 23/11/2026 */
export function weekday(at: Instant): string {
  const name = formatter("weekday", chosen === "vi" ? "vi-VN" : "en-GB", { weekday: "long" }).format(new Date(at));
  return `${name.replace(/(^|\s)\p{L}/gu, (letter) => letter.toLocaleUpperCase(chosen))} ${day(at)}`;
}

/** A calendar date (2026-11-23) as 23/11/2026, whatever the time zone. */
export function calendar_day(date: string): string {
  const [year, month, day_of_month] = date.slice(0, 10).split("-");
  return `${day_of_month}/${month}/${year}`;
}

/** "25 ph", "2 giờ 05 ph", "3 ngày": how long, for a flag. Rounds down to whole minutes. */
export function span(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / MINUTE_MS);
  const [minute_word, hour_word, day_word] = chosen === "vi" ? ["ph", "giờ", "ngày"] : ["min", "h", "d"];
  if (minutes < 120) return `${minutes} ${minute_word}`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} ${day_word}`;
  const left = minutes % 60;
  return left === 0 ? `${hours} ${hour_word}` : `${hours} ${hour_word} ${String(left).padStart(2, "0")} ${minute_word}`;
}

/** The decimal mark of the language: a comma in Vietnamese, a point in English. */
export function decimal_mark(): "," | "." {
  return chosen === "vi" ? "," : ".";
}

/** 384 tenths are "38,4"; the last digit always stands. */
export function tenths(value: number): string {
  const whole = Math.trunc(Math.abs(value) / 10);
  return `${value < 0 ? "−" : ""}${whole}${decimal_mark()}${Math.abs(value) % 10}`;
}

/** A whole number of `parts_per_unit` parts as a decimal without trailing zeros: (52500, 1000) is "52,5". */
export function decimal(value: number, parts_per_unit: number): string {
  const digits = String(parts_per_unit).length - 1;
  const text = String(Math.abs(value)).padStart(digits + 1, "0");
  const fraction = text.slice(text.length - digits).replace(/0+$/, "");
  const whole = text.slice(0, text.length - digits);
  return `${value < 0 ? "−" : ""}${whole}${fraction === "" ? "" : decimal_mark() + fraction}`;
}

/** "52 kg", "52,5 kg"; below 5 kg in grams, as newborns are spoken of. */
export function weight(grams: number): string {
  return grams < 5000 ? `${grams} g` : `${decimal(grams, 1000)} kg`;
}

/** "+2" or "−1", with a true minus sign. */
export function signed(change: number): string {
  return change < 0 ? `−${-change}` : `+${change}`;
}
