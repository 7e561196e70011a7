/** Rows under a head; a cell is text that is ready to be shown. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table as a list, empty when it has no rows. */
export function unlessEmpty(table: Table): Table[] {
  return table.rows.length === 0 ? [] : [table];
}
