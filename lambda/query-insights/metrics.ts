import type { Sample } from '../../runtime/telemetry/emf';
import { FINDING_KINDS, type Finding } from './finding';
import type { TransactionRow } from './read-schema';
import { meanMs, type StatementWindow } from './window';

/** What one run measured. */
export interface Measured {
  readonly findings: readonly Finding[];
  readonly window: readonly StatementWindow[];
  readonly transactions: readonly TransactionRow[];
  readonly slowMs: number;
}

/**
 * The metrics of one run. All are states and none is a count, so that a run that is repeated for the same time changes
 * nothing. Without statements there are no means.
 */
export function insightSamples({ findings, window, transactions, slowMs }: Measured): readonly Sample[] {
  const gauge = (name: string, value: number, labels = {}): Sample => ({ name, labels, value });
  const calls = sum(window, ({ calls: count }) => count);
  const slowCalls = sum(window, (one) => (meanMs(one) > slowMs ? one.calls : 0));
  return [
    ...FINDING_KINDS.map((kind) =>
      gauge('db_query_findings', findings.filter((finding) => finding.kind === kind).length, { kind }),
    ),
    gauge('db_longest_transaction_seconds', Math.max(0, ...transactions.map(({ seconds }) => seconds))),
    ...(calls === 0
      ? []
      : [
          gauge('db_statement_mean_milliseconds', sum(window, ({ totalMs }) => totalMs) / calls),
          gauge('db_slowest_statement_milliseconds', Math.max(...window.map(meanMs))),
          gauge('db_statements_over_objective_percent', (100 * slowCalls) / calls),
        ]),
  ];
}

function sum(window: readonly StatementWindow[], of: (one: StatementWindow) => number): number {
  return window.reduce((total, one) => total + of(one), 0);
}
