// Words of vital signs.
import { en } from "./words_en.ts";
import { vi } from "./words_vi.ts";

export const words = { vi, en };
