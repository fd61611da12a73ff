// Reads one crop of a camera frame in a thread of its own; zxing-wasm comes from our own server, never from elsewhere.
import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import wasm_url from "zxing-wasm/reader/zxing_reader.wasm?url";

export type ToDecoder = { id: number; image: ImageData } | { warm: true };
export type FromDecoder = { ready: true } | { id: number; texts: string[] };

const OPTIONS: ReaderOptions = {
  formats: ["QRCode", "DataMatrix", "Code128", "EAN13"],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  maxNumberOfSymbols: 2,
};
const locateFile = (path: string, prefix: string): string => (path.endsWith(".wasm") ? wasm_url : prefix + path);
const ready = prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });

addEventListener("message", async (event: MessageEvent<ToDecoder>) => {
  await ready;
  if ("warm" in event.data) return postMessage({ ready: true } satisfies FromDecoder);
  const { id, image } = event.data;
  const found = await readBarcodes(image, OPTIONS);
  postMessage({ id, texts: found.filter((one) => one.isValid).map((one) => one.text) } satisfies FromDecoder);
});
