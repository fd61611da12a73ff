// A birth as it is typed: a day or a year.
import { today } from "./ages.ts";

/** The hospital's date in `DD/MM/YYYY` or a year, as typed; null where it is neither. */
export function parsed_birth(
  text: string,
  now_ms: number,
): { birth_date: string | null; birth_year: number | null } | null {
  const typed = text.trim();
  const this_year = Number(today(now_ms).slice(0, 4));
  if (/^\d{4}$/.test(typed)) {
    const year = Number(typed);
    return year >= 1890 && year <= this_year ? { birth_date: null, birth_year: year } : null;
  }
  const parts = /^(\d{1,2})[/.\- ]?(\d{1,2})[/.\- ]?(\d{4})$/.exec(typed);
  if (parts === null) return null;
  const [day, month, year] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const iso = date.toISOString().slice(0, 10);
  return real && year >= 1890 && iso <= today(now_ms) ? { birth_date: iso, birth_year: null } : null;
}
