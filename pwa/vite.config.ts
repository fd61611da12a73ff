// Builds the tablet app: hashed assets, no inline code (the page runs under a strict CSP), service worker beside it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const version = (JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { version: string })
  .version;

/** The same sources make the same build name on every machine. */
function build_name(): string {
  const hash = createHash("sha256");
  for (const folder of ["src", "public"]) {
    const root = new URL(folder, import.meta.url).pathname;
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const path of files.map((file) => join(file.parentPath, file.name)).sort()) {
      hash.update(path.slice(root.length)).update(readFileSync(path));
    }
  }
  return `${version}+${hash.digest("hex").slice(0, 10)}`;
}

/** Everything the app is made of, for the service worker: hashed files by name, the rest by the hash of all. */
function precache(): Plugin {
  return {
    name: "bedside-precache",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const root = new URL("public", import.meta.url).pathname;
      const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const still = entries.map((entry) => join(entry.parentPath, entry.name).slice(root.length)).sort();
      const made = Object.keys(bundle).filter((name) => !/^sw(-off)?\.js$|\.map$/.test(name));
      const files = ["/", ...made.filter((name) => name !== "index.html").map((name) => `/${name}`), ...still];
      const hash = createHash("sha256").update(build_name()).update(JSON.stringify(files.sort()));
      const page = bundle["index.html"];
      if (page?.type === "asset") hash.update(page.source);
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") throw new Error("the service worker was not built");
      const list = JSON.stringify({ version: hash.digest("hex").slice(0, 16), files });
      worker.code = worker.code.replace("__PRECACHE__", () => list);
    },
  };
}

/** The scanner's library would fetch its wasm from a public host if ever told nothing: here it has nowhere to go. */
function no_public_host(): Plugin {
  return {
    name: "bedside-no-public-host",
    transform(code, id) {
      return id.includes("zxing-wasm") ? { code: code.replaceAll("https://fastly.jsdelivr.net", ""), map: null } : null;
    },
  };
}

export default defineConfig({
  plugins: [svelte(), precache()],
  define: { __BUILD__: JSON.stringify(build_name()) },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: "index.html", sw: "src/app/sw.ts", "sw-off": "src/app/sw_off.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name.startsWith("sw") ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es", plugins: () => [no_public_host()] },
});
