// The camera: frames to the decoder, texts believed after two frames. One stream at a time, closed when left.

import type { FromDecoder, ToDecoder } from "./decoder.worker.ts";
import { believed, centre, is_news, NOTHING_SEEN, type Seen, seen, type Told } from "./frames.ts";

export type CameraTrouble = "no_camera" | "not_allowed" | "busy" | "insecure";
export type Camera = {
  close(): void;
  /** Switches the lamp; false where there is none. */
  torch(on: boolean): Promise<boolean>;
};

let decoder: Worker | null = null;

/** Starts the decoder's thread and loads the reader, so that the first scan need not wait. */
export function warm(): void {
  if (decoder !== null) return;
  decoder = new Worker(new URL("./decoder.worker.ts", import.meta.url), { type: "module" });
  decoder.postMessage({ warm: true } satisfies ToDecoder);
}

/** Opens the camera that faces away. `on_text` is called for each code that was seen in two frames. */
export async function open(video: HTMLVideoElement, on_text: (text: string) => void): Promise<Camera | CameraTrouble> {
  if (navigator.mediaDevices === undefined) return "insecure";
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (trouble) {
    return named(trouble);
  }
  video.srcObject = stream;
  await video.play().catch(() => undefined);
  const stop = watch(video, on_text);
  const track = stream.getVideoTracks()[0];
  return {
    close() {
      stop();
      for (const one of stream.getTracks()) one.stop();
      video.srcObject = null;
    },
    async torch(on) {
      const lamp = { advanced: [{ torch: on }] } as unknown as MediaTrackConstraints;
      return (
        (await track?.applyConstraints(lamp).then(
          () => true,
          () => false,
        )) ?? false
      );
    },
  };
}

function named(trouble: unknown): CameraTrouble {
  const name = trouble instanceof DOMException ? trouble.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "not_allowed";
  return name === "NotReadableError" ? "busy" : "no_camera";
}

/** One frame in the decoder at a time; the next is taken when it answered. */
function watch(video: HTMLVideoElement, on_text: (text: string) => void): () => void {
  warm();
  const worker = decoder as Worker;
  const canvas = document.createElement("canvas");
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  let [open_, busy, id] = [true, false, 0];
  let before: Seen = NOTHING_SEEN;
  let told: Told = null;
  const answered = (event: MessageEvent<FromDecoder>) => {
    if (!("id" in event.data) || event.data.id !== id) return;
    busy = false;
    const now = performance.now();
    const [text, other] = event.data.texts;
    // Two codes in view: which one was meant is not for us to guess.
    if (text === undefined || other !== undefined) return;
    before = seen(before, text, now);
    if (!believed(before) || !is_news(told, text, now)) return;
    told = { text, at_ms: now };
    on_text(text);
  };
  const frame = () => {
    if (!open_) return;
    if (!busy && drawing !== null && video.videoWidth > 0) {
      busy = true;
      id += 1;
      worker.postMessage({ id, image: cropped(video, canvas, drawing) } satisfies ToDecoder);
    }
    video.requestVideoFrameCallback(frame);
  };
  worker.addEventListener("message", answered);
  video.requestVideoFrameCallback(frame);
  return () => {
    open_ = false;
    worker.removeEventListener("message", answered);
  };
}

function cropped(video: HTMLVideoElement, canvas: HTMLCanvasElement, drawing: CanvasRenderingContext2D): ImageData {
  const crop = centre(video.videoWidth, video.videoHeight);
  const side = Math.round(crop.width * crop.scale);
  if (canvas.width !== side) canvas.width = canvas.height = side;
  drawing.drawImage(video, crop.x, crop.y, crop.width, crop.height, 0, 0, side, side);
  return drawing.getImageData(0, 0, side, side);
}
