import Table from 'cli-table3';

export type Cell = string | number;

/**
 * Rows as a table for a terminal, a log or a pull request: no colours, one rule under the head.
 *
 * @param head column titles; numbers are set flush right.
 */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const table = new Table({
    head: [...head],
    colAligns: numeric.map((isNumber) => (isNumber ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
