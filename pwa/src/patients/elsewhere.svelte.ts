// Charts this device holds no copy of: read from the server for a visitor or from another ward, in memory only.
import { tablet } from "../app/tablet.svelte.ts";
import type { Row, RowOf, Rows, RowType } from "../core/wire.ts";

export type Fetched = { readonly loading: boolean; readonly failed: boolean; readonly rows: Rows | null };

/** Rows of an array, as screens read them. */
export function rows_from(all: readonly Row[]): Rows {
  return {
    rows: <T extends RowType>(type: T) => all.filter((row) => row.type === type) as RowOf<T>[],
    row: <T extends RowType>(type: T, key: string) =>
      all.find((row) => row.type === type && row.key === key) as RowOf<T> | undefined,
    of_stay: <T extends RowType>(type: T, stay_id: string) =>
      all.filter((row) => row.type === type && row.stay_id === stay_id) as RowOf<T>[],
  };
}

/** Asks for one chart once; the answer fills in when it comes. */
export function chart(stay_id: string): Fetched {
  let loading = $state(true);
  let failed = $state(false);
  let rows = $state.raw<Rows | null>(null);
  tablet.api
    .GET("/api/stays/{stay_id}/chart", { params: { path: { stay_id } } })
    .then(({ data }) => {
      if (data === undefined) failed = true;
      else rows = rows_from(data.rows as Row[]);
    })
    .catch(() => (failed = true))
    .finally(() => (loading = false));
  return {
    get loading() {
      return loading;
    },
    get failed() {
      return failed;
    },
    get rows() {
      return rows;
    },
  };
}
