// Which frames of the camera to believe, and which part of a frame to look at.

export type Seen = { text: string; count: number; at_ms: number };
export const NOTHING_SEEN: Seen = { text: "", count: 0, at_ms: 0 };
const FORGET_MS = 800;
const QUIET_MS = 2500;

/** The same text in two frames within 0.8 s is believed; one frame alone never is. */
export function seen(before: Seen, text: string, at_ms: number): Seen {
  const again = before.text === text && at_ms - before.at_ms <= FORGET_MS;
  return { text, count: again ? before.count + 1 : 1, at_ms };
}

/** Whether this is the frame that proves it: the second, not the third. */
export function believed(now: Seen): boolean {
  return now.count === 2;
}

export type Told = { text: string; at_ms: number } | null;

/** A code still lying before the camera is told once, and again only after 2.5 s or another code. */
export function is_news(told: Told, text: string, at_ms: number): boolean {
  return told === null || told.text !== text || at_ms - told.at_ms > QUIET_MS;
}

export type Crop = { x: number; y: number; width: number; height: number; scale: number };
/** Longest side handed to the decoder, in pixels. */
const LONGEST = 720;

/** The centre square of a frame, three quarters of its shorter side, scaled down to what the decoder needs. */
export function centre(width: number, height: number): Crop {
  const side = Math.floor(Math.min(width, height) * 0.75);
  return {
    x: Math.floor((width - side) / 2),
    y: Math.floor((height - side) / 2),
    width: side,
    height: side,
    scale: Math.min(1, LONGEST / Math.max(1, side)),
  };
}
