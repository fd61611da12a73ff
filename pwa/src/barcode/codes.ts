// Our printed codes: 33 digits with MOD 97-10 check digits; twin of barcode/codes.py.
export const LENGTH = 33;
export const LONGEST_READ = 400;
const SYMBOLOGY = /^\][A-Za-z][0-9A-Za-z]/;

export const KINDS = [
  "wristband",
  "bed",
  "staff_badge",
  "specimen",
  "unit_dose",
  "prepared_dose",
  "substitute",
] as const;
export type Kind = (typeof KINDS)[number];
export type Read = { kind: Kind; code: string } | { reason: string };

/** The two digits that make the whole number leave 1 when divided by 97. */
export function check_digits(body: string): string {
  return String(98n - (BigInt(`${body}00`) % 97n)).padStart(2, "0");
}

/** What a scanner's string is; never throws. */
export function read(scanned: string): Read {
  const text = scanned.replace(/^[ \r\n\t]+|[ \r\n\t]+$/g, "").replace(SYMBOLOGY, "");
  if (text === "") return { reason: "empty" };
  if ([...text].length > LONGEST_READ) return { reason: "too_long" };
  return /^[0-9]+$/.test(text) ? digits(text) : { reason: letters(text) };
}

function letters(text: string): string {
  if (text.startsWith("http://") || text.startsWith("https://")) return "link";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\u0000-\u001c\u001e\u001f]/.test(text)) return "hostile";
  return text.includes("\u001d") || text.startsWith("(") ? "package" : "foreign";
}

function digits(text: string): Read {
  if (text.length === LENGTH && text[0] === "6") {
    if (BigInt(text) % 97n !== 1n) return { reason: "damaged" };
    const kind = KINDS[Number(text[1]) - 1];
    return kind === undefined ? { reason: "unknown_kind" } : { kind, code: text };
  }
  if (text.length === 2 * LENGTH && text.slice(0, LENGTH) === text.slice(LENGTH)) return { reason: "doubled" };
  if (text[0] === "6" && text.length > 14 && text.length < LENGTH) return { reason: "truncated" };
  return { reason: [8, 12, 13, 14].includes(text.length) || text.startsWith("01") ? "package" : "foreign" };
}
