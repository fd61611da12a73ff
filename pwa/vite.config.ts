// Builds the tablet app: hashed assets, no inline code (the page runs under a strict CSP), service worker beside it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

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

export default defineConfig({
  plugins: [svelte()],
  define: { __BUILD__: JSON.stringify(build_name()) },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
  },
  worker: { format: "es" },
});
