// Calls to the server: typed reads for screens, bounded in time.
import createClient, { type Client } from "openapi-fetch";
import type { Paths } from "./wire.ts";

export type Api = Client<Paths>;

/** A client that attaches the person's token when there is one. */
export function create_api(base: string, fetcher: typeof fetch, token: () => string | null): Api {
  const api = createClient<Paths>({ baseUrl: base, fetch: (request) => fetcher(request), cache: "no-store" });
  api.use({
    onRequest({ request }) {
      const bearer = token();
      if (bearer !== null) request.headers.set("authorization", `Bearer ${bearer}`);
      return request;
    },
  });
  return api;
}
