// Numbers typed with a decimal mark: comma and point are the same, a grouping mark is refused.

export type Decimal =
  | { scaled: number }
  | { refused: "empty" | "not_a_number" | "too_many_decimals" }
  | { refused: "grouping"; small: string; large: string };

/**
 * `text` as a whole number of 10^-`decimals`: "37,5" with one decimal is 375.
 * "1.000" and "1,000" are refused with both readings, because one of them is a thousand times the other.
 */
export function parse_decimal(text: string, decimals: number): Decimal {
  const trimmed = text.trim();
  if (trimmed === "") return { refused: "empty" };
  if (/^\d{1,3}([.,]\d{3})+([.,]\d+)?$/.test(trimmed)) {
    const small = trimmed.replace(/[.,]0+$/, "");
    return { refused: "grouping", small, large: trimmed.replace(/[.,](?=\d{3}([.,]|$))/g, "") };
  }
  const parts = /^(\d+)(?:[.,](\d+))?$/.exec(trimmed);
  if (parts === null) return { refused: "not_a_number" };
  const fraction = parts[2] ?? "";
  if (fraction.length > decimals) return { refused: "too_many_decimals" };
  return { scaled: Number(`${parts[1]}${fraction.padEnd(decimals, "0")}`) };
}
