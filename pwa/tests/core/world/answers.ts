// What a server of ours answers with: JSON, or a problem (RFC 9457).

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

export function problem(status: number, code: string, headers: { [name: string]: string } = {}): Response {
  const body = JSON.stringify({ type: "", title: "", status, detail: "", code });
  return new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}
