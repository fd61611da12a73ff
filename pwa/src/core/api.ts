// Reads for screens, typed by the server's description; the client is fetched when the first screen asks.
import type { Client } from "openapi-fetch";
import type { Paths } from "./wire.ts";

export type Api = Client<Paths>;
type Method = (...told: unknown[]) => Promise<unknown>;
type Methods = { [method: string]: Method };

/** A client that attaches the person's token when there is one. Its methods are those of openapi-fetch. */
export function create_api(base: string, fetcher: typeof fetch, token: () => string | null): Api {
  let made: Promise<Methods> | null = null;
  const client = () => {
    made ??= make(base, fetcher, token).catch((error) => {
      made = null;
      throw error;
    });
    return made;
  };
  const methods = new Proxy<Partial<Methods>>(
    {},
    { get: (_, name) => (/^[A-Z]+$/.test(String(name)) ? later(client, String(name)) : undefined) },
  );
  return methods as unknown as Api;
}

function later(client: () => Promise<Methods>, name: string): Method {
  return async (...told) => {
    const method = (await client())[name];
    if (method === undefined) throw new TypeError(`no method ${name}`);
    return method(...told);
  };
}

async function make(base: string, fetcher: typeof fetch, token: () => string | null): Promise<Methods> {
  const { default: create_client } = await import("openapi-fetch");
  const api = create_client<Paths>({ baseUrl: base, fetch: (request) => fetcher(request), cache: "no-store" });
  api.use({
    onRequest({ request }) {
      const bearer = token();
      if (bearer !== null) request.headers.set("authorization", `Bearer ${bearer}`);
      return request;
    },
  });
  return api as unknown as Methods;
}
