// The bands of a score as shapes; `none` where no score is valid.
export type Band = "zero" | "low" | "red_single" | "medium" | "high" | "none";

export const BANDS: readonly Band[] = ["none", "zero", "low", "red_single", "medium", "high"];
