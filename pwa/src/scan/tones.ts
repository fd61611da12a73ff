// How a scan feels: tone and vibration, told apart with eyes shut.
import { tablet } from "../app/tablet.svelte.ts";

export type Signal = "match" | "stop" | "alike" | "note";

const PATTERNS: { [name in Signal]: { hertz: number; tones: number; buzz: number[] } } = {
  match: { hertz: 1760, tones: 1, buzz: [40] },
  note: { hertz: 880, tones: 1, buzz: [40] },
  stop: { hertz: 220, tones: 2, buzz: [80, 60, 80, 60, 80] },
  alike: { hertz: 180, tones: 4, buzz: [160, 60, 160, 60, 160, 60, 160] },
};
const TONE_S = 0.12;
const REST_S = 0.08;
let context: AudioContext | null = null;

/** Sounds, where sounds are on, and shakes; a device that can do neither shows the picture alone. */
export function play(signal: Signal, audible = tablet.settings.sound): void {
  const pattern = PATTERNS[signal];
  navigator.vibrate?.(pattern.buzz);
  if (!audible) return;
  try {
    context ??= new AudioContext();
    void context.resume();
    for (let tone = 0; tone < pattern.tones; tone += 1)
      sound(context, pattern.hertz, tone * (TONE_S + REST_S), signal === "alike" ? 0.5 : 0.25);
  } catch {
    // No audio on this device: shape, colour and word carry the message.
  }
}

function sound(audio: AudioContext, hertz: number, after_s: number, volume: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = hertz;
  oscillator.type = hertz < 400 ? "square" : "sine";
  gain.gain.value = volume;
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(audio.currentTime + after_s);
  oscillator.stop(audio.currentTime + after_s + TONE_S);
}
