import type { CostReporter } from '../../cost/cost-reporter';
import type { Concern, MissingData } from '../alarm-row';

const HOURS_PER_MONTH = 730;
const NO_REPORT: MissingData = {
  counts: 'ignore',
  because: 'the hourly report is late; the function has its own alarm',
};

/** What the platform costs while it runs; the bill itself is watched by budgets and anomaly detection (CostAlerts). */
export function costAlarms(reporter: CostReporter, monthlyBudgetUsd: number): Concern {
  const hourly = Math.round((monthlyBudgetUsd / HOURS_PER_MONTH) * 1000) / 1000;
  return {
    name: 'cost',
    rows: [
      {
        id: 'cost-pace',
        says: `Hours cost more than twice the budget's pace of ${hourly} USD`,
        metric: reporter.metricCost(),
        when: { above: 2 * hourly },
        datapoints: [6, 6],
        severity: 'ticket',
        missing: NO_REPORT,
      },
      {
        id: 'cost-per-request',
        says: 'A request costs half as much again as in the week before',
        metric: reporter.metricCostPerRequestChange(),
        when: { above: 50 },
        datapoints: [24, 24],
        severity: 'ticket',
        missing: { counts: 'notBreaching', because: 'hours without requests have no cost per request' },
      },
    ],
  };
}
