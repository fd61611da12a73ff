// Answers questions about the tablet's pure functions, for the tests that ask both languages (tests/both_languages.py):
// a JSON line in, {"module": "vitals/rules", "call": "sub_score", "args": […]}; a JSON line out, {"result": …}.
import { createInterface } from "node:readline";

type Question = { module: string; call: string; args: unknown[] };
type Module = { [name: string]: unknown };

const modules = new Map<string, Module>();

async function module_of(name: string): Promise<Module> {
  const known = modules.get(name);
  if (known !== undefined) return known;
  const found = (await import(new URL(`../src/${name}.ts`, import.meta.url).href)) as Module;
  modules.set(name, found);
  return found;
}

async function answer(question: Question): Promise<{ result: unknown } | { error: string }> {
  const asked = (await module_of(question.module))[question.call];
  if (typeof asked !== "function") return { error: `${question.module} has no function ${question.call}` };
  try {
    return { result: asked(...question.args) ?? null };
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Question))}\n`);
}
