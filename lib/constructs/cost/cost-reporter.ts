import { Duration, Stack, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PlatformFunction } from '../function/platform-function';
import { COST_TAG } from './cost-alerts';
import type { ReportedUsage } from './reported-usage';

export interface CostReporterProps {
  /** Value of the cost allocation tag, and dimension of every metric. */
  readonly environment: string;

  /** What is counted every hour. */
  readonly usage: readonly ReportedUsage[];

  /** Requests of users, what the cost is divided by. */
  readonly requests: cloudwatch.Metric;
}

/** Namespace of what the reporter publishes (lambda/cost-reporter/report.ts). */
const NAMESPACE = 'Headroom/Cost';

/** Publishes what an hour and a request cost, from usage and list prices, and once a day what AWS billed. */
export class CostReporter extends Construct {
  /** What runs every hour and every day. */
  public readonly function: PlatformFunction;
  private readonly environment: string;

  public constructor(scope: Construct, id: string, props: CostReporterProps) {
    super(scope, id);
    this.environment = props.environment;
    this.function = this.addFunction();
    this.schedule('Hourly', events.Schedule.cron({ minute: '20' }), {
      report: 'model',
      environment: props.environment,
      usage: props.usage.map(({ meter, factor, metric }) => ({
        meter,
        factor,
        ...(metric === undefined ? {} : { metric: reference(metric) }),
      })),
      requests: reference(props.requests),
    });
    // Every page of Cost Explorer costs a cent, and the bill changes once a day.
    this.schedule('Daily', events.Schedule.cron({ hour: '9', minute: '40' }), {
      report: 'truth',
      environment: props.environment,
      tag: COST_TAG,
    });
  }

  /** Cost of one request in USD, modelled. No data in hours without requests. Average over 1 hour. */
  public metricCostPerRequest(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cost_per_request_usd', options);
  }

  /** Cost of an hour in USD, modelled; of one component when named. Sum over 1 hour. */
  public metricCost(component?: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const dimensions: Record<string, string> = component === undefined ? {} : { component };
    return this.metric(
      component === undefined ? 'cost_total_usd' : 'cost_usd',
      { statistic: 'Sum', ...options },
      dimensions,
    );
  }

  /** What AWS billed for a day in USD, two days later. Sum over 1 day. */
  public metricBilled(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cost_billed_total_usd', { statistic: 'Sum', period: Duration.days(1), ...options });
  }

  /** How far the model is from the bill of the same day, in percent. Average over 1 day. */
  public metricModelError(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cost_model_error_percent', { period: Duration.days(1), ...options });
  }

  /** Change of the cost per request against the mean of the week before, in percent. Average over 1 hour. */
  public metricCostPerRequestChange(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cost_per_request_change_percent', options);
  }

  private metric(
    metricName: string,
    options: cloudwatch.MetricOptions = {},
    dimensions: Readonly<Record<string, string>> = {},
  ): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { environment: this.environment, ...dimensions },
      period: Duration.hours(1),
      ...options,
    });
  }

  private addFunction(): PlatformFunction {
    const reporter = new PlatformFunction(this, 'Function', {
      name: 'cost-reporter',
      description: `Cost per request of ${this.environment}`,
      timeout: Duration.minutes(1),
      onFailure: 'queue',
    });
    // Neither API knows resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    const policy = new iam.Policy(this, 'ReadFigures', {
      roles: [reporter.role],
      statements: [
        new iam.PolicyStatement({ actions: ['ce:GetCostAndUsage', 'cloudwatch:GetMetricData'], resources: ['*'] }),
      ],
    });
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'GetMetricData and GetCostAndUsage have no resource types; both only read figures',
    });
    return reporter;
  }

  private schedule(id: string, schedule: events.Schedule, event: Readonly<Record<string, unknown>>): void {
    const target = new targets.LambdaFunction(this.function.function, {
      event: events.RuleTargetInput.fromObject(event),
      retryAttempts: 2,
    });
    new events.Rule(this, id, {
      schedule,
      targets: [target],
      description: `Cost report of ${Stack.of(this).stackName}`,
    });
  }
}

/** The metric as the function reads it (lambda/cost-reporter/report-event.ts). */
function reference(metric: cloudwatch.Metric): Readonly<Record<string, unknown>> {
  return {
    namespace: metric.namespace,
    name: metric.metricName,
    dimensions: metric.dimensions ?? {},
    statistic: metric.statistic,
    ...(metric.region === undefined ? {} : { region: metric.region }),
  };
}
