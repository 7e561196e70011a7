import {
  CAPACITY_HEAD,
  type Comparison,
  capacityRows,
  comparisonTable,
  FAILURE_HEAD,
  failureRows,
  type growthPlan,
  PLAN_HEAD,
  planRows,
  type RehearsalReport,
  SCENARIO_HEAD,
  SENSITIVITY_HEAD,
  type SensitivityRow,
  scenarioRows,
  sensitivityRows,
} from '../../analysis/rehearsal';
import { renderTable } from '../shared/table';

/** What a rehearsal found, for a terminal. */
export function printReport(report: RehearsalReport, sensitivity: readonly SensitivityRow[]): string {
  const failures = failureRows(report.rehearsals);
  const { seeds = 0 } = report.rehearsals[0]?.verdict ?? {};
  return [
    `rehearsal of ${report.title}: ${seeds} seeds in ${report.seconds.toFixed(1)} s`,
    renderTable(SCENARIO_HEAD, scenarioRows(report)),
    renderTable(CAPACITY_HEAD, capacityRows(report)),
    failures.length === 0 ? 'every objective holds in every scenario' : renderTable(FAILURE_HEAD, failures),
    ...report.lint.map(({ rule, message }) => `policy ${rule}: ${message}`),
    ...(sensitivity.length === 0 ? [] : [renderTable(SENSITIVITY_HEAD, sensitivityRows(sensitivity))]),
    ...report.application.assumptions.map((text) => `assumed: ${text}`),
    ...report.model.notModelled.map((text) => `not modelled: ${text}`),
  ].join('\n');
}

export function printComparison(comparison: Comparison, proposal?: string): string {
  const { head, rows } = comparisonTable(comparison);
  return [renderTable(head, rows), ...(proposal === undefined ? [] : [proposal])].join('\n');
}

export function printPlan(ceilings: ReturnType<typeof growthPlan>): string {
  return renderTable(PLAN_HEAD, planRows(ceilings));
}
