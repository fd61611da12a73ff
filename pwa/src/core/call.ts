// One call to the server, bounded in time, and whether the answer is ours at all (a captive portal's is not).
import type { Problem } from "./wire.ts";

export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export type Called<T> =
  | { kind: "ok"; data: T; before_ms: number; after_ms: number }
  /** Our server said no. */
  | { kind: "problem"; status: number; code: string; retry_after_s: number | null }
  /** No answer, or not one of ours. */
  | { kind: "nothing"; why: "network" | "foreign" };

export type Caller = {
  get<T>(path: string): Promise<Called<T>>;
  send<T>(method: "POST" | "DELETE", path: string, body?: unknown, deadline_ms?: number): Promise<Called<T>>;
};

export type CallerParts = {
  base: string;
  fetch: Fetch;
  /** The device's clock, ms. */
  device_now: () => number;
  token: () => string | null;
};

const DEADLINE_MS = 15_000;

export function create_caller(parts: CallerParts): Caller {
  async function call<T>(path: string, init: RequestInit, deadline_ms: number): Promise<Called<T>> {
    const before_ms = parts.device_now();
    try {
      const signal = AbortSignal.timeout(deadline_ms);
      const answer = await parts.fetch(parts.base + path, { ...init, signal, cache: "no-store", redirect: "error" });
      return await read<T>(answer, before_ms, parts.device_now);
    } catch {
      return { kind: "nothing", why: "network" };
    }
  }
  const headers = (): Record<string, string> => {
    const token = parts.token();
    return token === null ? {} : { authorization: `Bearer ${token}` };
  };
  return {
    get: (path) => call(path, { method: "GET", headers: headers() }, DEADLINE_MS),
    send: (method, path, body, deadline_ms = DEADLINE_MS) => {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const typed = body === undefined ? {} : { "content-type": "application/json" };
      return call(path, { method, headers: { ...headers(), ...typed }, ...json }, deadline_ms);
    },
  };
}

async function read<T>(answer: Response, before_ms: number, device_now: () => number): Promise<Called<T>> {
  const type = answer.headers.get("content-type") ?? "";
  if (type.startsWith("application/problem+json")) {
    const problem = (await answer.json()) as Partial<Problem>;
    const retry_after_s = problem.retry_after_s ?? seconds(answer.headers.get("retry-after"));
    return { kind: "problem", status: answer.status, code: problem.code ?? "error", retry_after_s };
  }
  if (answer.ok && (answer.status === 204 || type.startsWith("application/json"))) {
    const data = (answer.status === 204 ? undefined : await answer.json()) as T;
    return { kind: "ok", data, before_ms, after_ms: device_now() };
  }
  // A proxy in front of us sheds load in its own words; anything else is a stranger's page.
  if ([413, 429, 503].includes(answer.status)) {
    const retry_after_s = seconds(answer.headers.get("retry-after"));
    return { kind: "problem", status: answer.status, code: "busy", retry_after_s };
  }
  return { kind: "nothing", why: "foreign" };
}

function seconds(header: string | null): number | null {
  const value = Number(header);
  return header === null || !Number.isFinite(value) || value < 0 ? null : value;
}
