import type { RehearsalReport } from '../rehearse';
import type { Comparison } from '../verdict/compare';
import type { SensitivityRow } from '../verdict/sensitivity';
import {
  CAPACITY_HEAD,
  type Cell,
  capacityRows,
  comparisonTable,
  FAILURE_HEAD,
  failureRows,
  SCENARIO_HEAD,
  SENSITIVITY_HEAD,
  scenarioRows,
  sensitivityRows,
} from './tables';

/** A Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The report for a pull request. */
export function rehearsalMarkdown(report: RehearsalReport, sensitivity: readonly SensitivityRow[]): string {
  const failures = failureRows(report.rehearsals);
  const parts = [
    `# Rehearsal of ${report.title}`,
    markdownTable(SCENARIO_HEAD, scenarioRows(report)),
    `## What it took\n\n${markdownTable(CAPACITY_HEAD, capacityRows(report))}`,
    failures.length === 0
      ? 'Every objective holds in every scenario.'
      : `## What does not hold\n\n${markdownTable(FAILURE_HEAD, failures)}`,
    ...(report.lint.length === 0
      ? []
      : [
          `## Policies that have hurt others\n\n${report.lint.map(({ rule, message, seen }) => `- \`${rule}\`: ${message} (${seen})`).join('\n')}`,
        ]),
    ...(sensitivity.length === 0
      ? []
      : [`## Undocumented parameters\n\n${markdownTable(SENSITIVITY_HEAD, sensitivityRows(sensitivity))}`]),
    `## What it rests on\n\n${[...report.application.assumptions, ...report.model.notModelled.map((note) => `not modelled: ${note}`)].map((text) => `- ${text}`).join('\n')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Who was better on the same traffic. */
export function comparisonMarkdown(comparison: Comparison, proposal?: string): string {
  const { head, rows } = comparisonTable(comparison);
  const parts = [markdownTable(head, rows), ...(proposal === undefined ? [] : [`\`\`\`\n${proposal}\n\`\`\``])];
  return `${parts.join('\n\n')}\n`;
}
