import { monthStart, partitionName } from '../../service/src/events/partitions';
import type { Finding, InsightsSettings } from './finding';
import type { PartitionRow, TableRow, TransactionRow } from './read-schema';

/** Autovacuum begins at a fifth by default: more than that, and it does not keep up. */
const DEAD_SHARE = 0.3;
const LEAST_DEAD = 10_000;

/** Tables with so many dead rows that vacuum does not keep up. The statistics of the primary; a replica has none. */
export function bloatedTables(tables: readonly TableRow[]): readonly Finding[] {
  return tables
    .filter(({ rows, deadRows }) => deadRows >= LEAST_DEAD && deadRows >= DEAD_SHARE * (rows + deadRows))
    .map(({ name, rows, deadRows }) => ({
      kind: 'bloat',
      subject: name,
      summary: `${Math.round((100 * deadRows) / (rows + deadRows))} % of the rows of ${name} are dead`,
      evidence: { rows, deadRows },
      remedy: `VACUUM ${name}; look for long transactions, and lower autovacuum_vacuum_scale_factor of the table`,
    }));
}

/** Transactions that hold back vacuum, and their locks, for too long. */
export function longTransactions(
  servers: ReadonlyMap<string, readonly TransactionRow[]>,
  { longTransactionSeconds }: Pick<InsightsSettings, 'longTransactionSeconds'>,
): readonly Finding[] {
  return [...servers].flatMap(([server, transactions]) =>
    transactions
      .filter(({ seconds }) => seconds >= longTransactionSeconds)
      .map(
        ({ pid, user, state, seconds, statement }): Finding => ({
          kind: 'long_transaction',
          subject: `${server}/${pid}`,
          summary: `${user} has had a transaction open on ${server} for ${Math.floor(seconds)} s (${state})`,
          evidence: { user, state, seconds: Math.floor(seconds), statement: statement ?? 'none' },
          remedy: `find out what it waits for; SELECT pg_terminate_backend(${pid}) ends it`,
        }),
      ),
  );
}

/** Months from the current one on, as far ahead as there should be partitions, that no partition covers. */
export function missingPartitions(
  rows: readonly PartitionRow[],
  at: Date,
  { partitionMonthsAhead }: Pick<InsightsSettings, 'partitionMonthsAhead'>,
): readonly Finding[] {
  const months = Array.from({ length: partitionMonthsAhead + 1 }, (_, offset) => monthStart(at, offset));
  return [...new Set(rows.map(({ table }) => table))].flatMap((table) => {
    const ranges = rows.filter((row) => row.table === table).flatMap(({ bounds }) => rangeOf(bounds ?? ''));
    return months
      .filter((month) => !isCovered(month, monthStart(month, 1), ranges))
      .map((month): Finding => {
        const name = partitionName(table, month);
        return {
          kind: 'missing_partition',
          subject: name,
          summary: `${table} has no partition for ${month.toISOString().slice(0, 7)}: its rows will be refused`,
          evidence: { table, from: month.toISOString(), to: monthStart(month, 1).toISOString() },
          remedy: `run the upkeep (the function of DatabaseMigrations), which makes ${name}, and see why it did not`,
        };
      });
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf(bounds: string): readonly Range[] {
  const [, from, to] = /FROM \('?([^')]+)'?\) TO \('?([^')]+)'?\)/.exec(bounds) ?? [];
  return from === undefined || to === undefined ? [] : [{ from: timeOf(from), to: timeOf(to) }];
}

/** A bound in UTC, with or without its zone: `2026-11-01 00:00:00+00`. */
function timeOf(bound: string): number {
  if (bound === 'MINVALUE') return Number.NEGATIVE_INFINITY;
  if (bound === 'MAXVALUE') return Number.POSITIVE_INFINITY;
  const [date = '', time = '00:00:00'] = bound.replace(/\+00$/, '').split(' ');
  return Date.parse(`${date}T${time}Z`);
}

function isCovered(from: Date, to: Date, ranges: readonly Range[]): boolean {
  let covered = from.getTime();
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    if (range.from <= covered) covered = Math.max(covered, range.to);
  }
  return covered >= to.getTime();
}
