import type { CostDiff } from '../diff';
import type { Saving } from '../savings/saving';
import { DIFF_HEAD, diffHeadline, diffRemarks, diffRows } from './diff-report';
import {
  COMPONENT_HEAD,
  componentRows,
  type EstimateReport,
  headline,
  LINE_HEAD,
  lineRows,
  remarks,
  unpricedRows,
} from './estimate-report';
import { SAVING_HEAD, savingRows } from './saving-report';

const LINES_SHOWN = 15;

/** The report for a pull request. */
export function estimateMarkdown(report: EstimateReport, savings: readonly Saving[] = []): string {
  const unpriced = unpricedRows(report);
  return [
    `## Cost of ${report.title}`,
    `**${headline(report)}**`,
    markdownTable(COMPONENT_HEAD, componentRows(report)),
    remarks(report)
      .map((remark) => `- ${remark}`)
      .join('\n'),
    `### The ${LINES_SHOWN} dearest lines`,
    markdownTable(LINE_HEAD, lineRows(report, LINES_SHOWN)),
    ...(unpriced.length > 0 ? ['### Unpriced', markdownTable(['resource', 'type', 'why'], unpriced)] : []),
    ...(savings.length > 0 ? ['### What would save', markdownTable(SAVING_HEAD, savingRows(savings))] : []),
  ].join('\n\n');
}

/** What a change costs, for a pull request. */
export function diffMarkdown(title: string, diff: CostDiff): string {
  const rows = diffRows(diff);
  return [
    `## Cost of the change: ${title}`,
    `**${diffHeadline(diff)}**`,
    ...diffRemarks(diff).map((remark) => `- ${remark}`),
    rows.length === 0 ? 'No line changes.' : markdownTable(DIFF_HEAD, rows),
    ...diff.newlyUnpriced.map((text) => `- now unpriced: ${text}`),
  ].join('\n\n');
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}
