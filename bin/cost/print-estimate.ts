import {
  COMPONENT_HEAD,
  type CostDiff,
  componentRows,
  DIFF_HEAD,
  diffHeadline,
  diffRemarks,
  diffRows,
  type EstimateReport,
  headline,
  LINE_HEAD,
  lineRows,
  remarks,
  SAVING_HEAD,
  type Saving,
  savingRows,
  unpricedRows,
} from '../../analysis/cost';
import { renderTable } from '../shared/table';

/** The report for a terminal. `lines` is how many lines are shown, `undefined` for all. */
export function printEstimate(report: EstimateReport, savings: readonly Saving[] | undefined, lines?: number): string {
  const unpriced = unpricedRows(report);
  return [
    `${report.title}: ${headline(report)}`,
    renderTable(COMPONENT_HEAD, componentRows(report)),
    ...remarks(report).map((remark) => `  ${remark}`),
    '',
    renderTable(
      LINE_HEAD.slice(0, -1),
      lineRows(report, lines).map((row) => row.slice(0, -1)),
    ),
    ...(unpriced.length > 0
      ? ['', 'unpriced, so not in the total:', renderTable(['resource', 'type', 'why'], unpriced)]
      : []),
    ...(savings === undefined ? [] : ['', 'what would save:', renderTable(SAVING_HEAD, savingRows(savings))]),
  ].join('\n');
}

/** What a change costs, for a terminal. */
export function printDiff(title: string, diff: CostDiff): string {
  const rows = diffRows(diff);
  return [
    `${title}: ${diffHeadline(diff)}`,
    ...diffRemarks(diff).map((remark) => `  ${remark}`),
    rows.length === 0 ? 'no line changes' : renderTable(DIFF_HEAD, rows),
    ...diff.newlyUnpriced.map((text) => `now unpriced: ${text}`),
  ].join('\n');
}
