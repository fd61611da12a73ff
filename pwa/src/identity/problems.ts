// What went wrong, in the words of the person in front of the screen.
import type { Outcome } from "../core/wire.ts";
import type { words } from "./words.ts";

type Problems = (typeof words)["vi"]["problems"];
type Sentence = Exclude<keyof Problems, "tries_left">;

const SENTENCE_OF: Record<string, Sentence> = {
  wrong_password: "wrong_secret",
  wait: "too_many",
  locked: "too_many",
  staff_disabled: "disabled",
  unknown_staff: "unknown_staff",
  not_your_ward: "not_your_ward",
  not_allowed: "not_allowed",
  pin_wrong: "wrong_pin",
  pin_wait: "wrong_pin",
  pin_locked: "pin_locked",
  password_needed: "no_session",
  signed_out: "session_ended",
  session_ended: "session_ended",
  unauthenticated: "session_ended",
  bad_code: "bad_code",
  weak_password: "weak_password",
  weak_pin: "weak_pin",
  same_password: "same_password",
  offline: "offline",
  foreign: "foreign",
  starting: "busy",
  busy: "busy",
  update_first: "update_first",
  unsent: "unsent",
};

/** One sentence; with the tries that are left, where that is known. */
export function said(outcome: Extract<Outcome, { ok: false }>, problems: Problems): string {
  const sentence = problems[SENTENCE_OF[outcome.code] ?? "other"];
  const left = outcome.tries_left;
  return left !== undefined && left > 0 ? `${sentence} ${problems.tries_left(left)}` : sentence;
}

/** ID7, the twin of `weak_pin` in backend/identity/rules.py: 000000, 123456, 654321 and their like. */
export function weak_pin(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = new Set(digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10));
  const even = steps.size === 1 && [0, 1, 9].some((step) => steps.has(step));
  return even || pin.slice(0, 3) === pin.slice(3) || pin.slice(0, 2).repeat(3) === pin;
}
