// Runs a preview of patients or wards on plain rows, for the test that lays it beside what the server brings.
import type { Row, RowOf, Rows, RowType } from "../src/core/wire.ts";
import * as patients from "../src/patients/preview.ts";
import * as wards from "../src/wards/preview.ts";

type AnyPreview = (command: unknown, rows: Rows, now: string, author_id: string) => Row[];

/** The rows the command's preview makes over these rows. */
export function previewed(command: { kind: string }, held: readonly Row[], now: string, author_id: string): Row[] {
  const preview = ({ ...patients, ...wards } as unknown as { [name: string]: AnyPreview })[`preview_${command.kind}`];
  if (preview === undefined) throw new Error(`no preview of ${command.kind}`);
  return preview(command, rows_of(held), now, author_id);
}

function rows_of(held: readonly Row[]): Rows {
  const of_type = <T extends RowType>(type: T) => held.filter((row) => row.type === type) as RowOf<T>[];
  return {
    rows: of_type,
    row: (type, key) => of_type(type).find((row) => row.key === key),
    of_stay: (type, stay_id) => of_type(type).filter((row) => row.stay_id === stay_id),
  };
}
