import type { Finding } from './finding';
import { meanMs, type StatementWindow } from './window';

/** What one run found, as it is kept: without a value of any row. */
export interface InsightsReport {
  /** ISO 8601. */
  readonly at: string;
  /** Servers that were asked. */
  readonly servers: readonly string[];
  /** What could not be seen, and why. */
  readonly gaps: readonly string[];
  readonly findings: readonly Finding[];
  /** The statements that took most time since the last run. */
  readonly statements: readonly ReportedStatement[];
}

export interface ReportedStatement {
  readonly id: string;
  readonly text: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly rows: number;
}

export function reported(window: StatementWindow, text: string): ReportedStatement {
  const { id, calls, totalMs, rows } = window;
  return { id, text, calls, totalMs: round(totalMs), meanMs: round(meanMs(window)), rows };
}

export const round = (value: number): number => Number(value.toPrecision(4));

/** The report for people. */
export function markdown({ at, servers, gaps, findings, statements }: InsightsReport): string {
  return [
    `# Query insights, ${at}`,
    `Servers: ${servers.join(', ') || 'none'}.`,
    ...gaps.map((gap) => `Not seen: ${gap}.`),
    '## Findings',
    ...(findings.length === 0 ? ['None.'] : findings.map(describe)),
    '## Statements that took most time',
    table(statements),
    '',
  ].join('\n\n');
}

function describe({ kind, subject, summary, evidence, remedy }: Finding): string {
  const figures = Object.entries(evidence).map(([name, value]) => `* ${name}: \`${value}\``);
  return [`### ${kind}: ${subject}`, summary, figures.join('\n'), `What to do: ${remedy}`].join('\n\n');
}

function table(statements: readonly ReportedStatement[]): string {
  if (statements.length === 0) return 'None since the last run.';
  const rows = statements.map(
    ({ id, calls, totalMs, meanMs: mean, rows: given, text }) =>
      `| ${id} | ${calls} | ${totalMs} | ${mean} | ${given} | \`${text.replaceAll('|', '\\|')}\` |`,
  );
  return ['| Id | Calls | Total ms | Mean ms | Rows | Statement |', '|---|---|---|---|---|---|', ...rows].join('\n');
}
