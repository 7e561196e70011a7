import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { CostReporter } from './cost-reporter';

export interface CostDashboardProps {
  readonly reporter: CostReporter;

  /** What a month may cost, in USD: the line that a day's cost is compared with. */
  readonly monthlyBudgetUsd: number;
}

/** Components of the bill, as the price book has them. */
const COMPONENTS = ['compute', 'database', 'cache', 'storage', 'network', 'edge', 'observability', 'security'];
const DAYS_PER_MONTH = 365 / 12;

/** What the platform costs: by component, per request, beside the bill, and its trend. */
export class CostDashboard extends Construct {
  /** The underlying dashboard. */
  public readonly dashboard: cloudwatch.Dashboard;

  public constructor(scope: Construct, id: string, { reporter, monthlyBudgetUsd }: CostDashboardProps) {
    super(scope, id);
    const day = { period: Duration.days(1) };
    const half = { width: 12, height: 7 };
    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', {
      defaultInterval: Duration.days(30),
      widgets: [
        [
          new cloudwatch.GraphWidget({
            ...half,
            title: 'USD per day by component',
            stacked: true,
            left: COMPONENTS.map((component) => reporter.metricCost(component, { ...day, label: component })),
            leftAnnotations: [{ value: monthlyBudgetUsd / DAYS_PER_MONTH, label: 'budget per day' }],
          }),
          new cloudwatch.GraphWidget({
            ...half,
            title: 'USD per million requests',
            left: [
              new cloudwatch.MathExpression({
                expression: 'cost * 1000000',
                usingMetrics: { cost: reporter.metricCostPerRequest() },
                label: 'per million requests',
                period: Duration.hours(1),
              }),
            ],
            right: [reporter.metricCostPerRequestChange({ label: '% against the week before' })],
          }),
        ],
        [
          new cloudwatch.GraphWidget({
            ...half,
            title: 'Model and bill, USD per day',
            left: [
              reporter.metricCost(undefined, { ...day, label: 'model' }),
              reporter.metricBilled({ label: 'bill' }),
            ],
          }),
          new cloudwatch.GraphWidget({
            ...half,
            title: 'Error of the model, %',
            left: [reporter.metricModelError({ label: 'model against bill' })],
            leftAnnotations: [{ value: 0, label: 'no error' }],
          }),
        ],
      ],
    });
  }
}
