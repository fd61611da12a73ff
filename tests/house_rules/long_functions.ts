// Lists functions of the tablet app longer than a limit: node long_functions.ts LIMIT PWA FILE …
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { relative } from "node:path";

const [limit_text, pwa, ...paths] = process.argv.slice(2);
const limit = Number(limit_text);
const ts = createRequire(`${pwa}/package.json`)("typescript");

/** The script parts of a component, with the lines before them kept as blank lines. */
function script_of(path: string, text: string): string {
  if (!path.endsWith(".svelte")) return text;
  const parts = [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)];
  return parts.map((part) => part[1]).join("\n");
}

function report(name: string, text: string): void {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const line = (at: number): number => source.getLineAndCharacterOfPosition(at).line;
  const visit = (node: { getStart(): number; end: number; name?: { getText(): string }; body?: unknown }): void => {
    if (ts.isFunctionLike(node) && node.body) {
      const lines = line(node.end) - line(node.getStart()) + 1;
      if (lines > limit) console.log(`${name}: ${node.name?.getText() ?? "a function"} has ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

report("control", `function f() {\n${"x();\n".repeat(50)}}`);
for (const path of paths) report(relative(pwa, path), script_of(path, readFileSync(path, "utf8")));
