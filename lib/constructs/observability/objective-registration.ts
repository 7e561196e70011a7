import { Duration, Names } from 'aws-cdk-lib';
import * as applicationsignals from 'aws-cdk-lib/aws-applicationsignals';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { LoadBalancer } from '../load-balancer/load-balancer';
import { BURN_RATES } from './burn-rate';
import type { RequestObjectives } from './objectives';

export interface ObjectiveRegistrationProps extends RequestObjectives {
  readonly loadBalancer: LoadBalancer;
}

/** Metrics that count the good requests of an objective and all of them. */
interface Counted {
  readonly id: string;
  readonly goal: number;
  readonly all: cloudwatch.Metric;
  readonly counted: { readonly good: cloudwatch.Metric } | { readonly bad: cloudwatch.Metric };
}

/**
 * Registers the objectives with Application Signals, request by request on plain metrics of the load balancer: nothing
 * has to be instrumented. Its error budgets are kept for four weeks, like the burn rates that alarm.
 */
export class ObjectiveRegistration extends Construct {
  public constructor(scope: Construct, id: string, props: ObjectiveRegistrationProps) {
    super(scope, id);
    for (const objective of countedObjectives(props)) this.register(objective);
  }

  private register({ id, goal, all, counted }: Counted): void {
    new applicationsignals.CfnServiceLevelObjective(this, id, {
      // CloudFormation requires a name, unique in the account and region.
      name: `${Names.uniqueResourceName(this, { maxLength: 90, separator: '-' })}-${id}`,
      description: `Four weeks of ${id.toLowerCase()}`,
      requestBasedSli: {
        requestBasedSliMetric: {
          totalRequestCountMetric: [query('all', all)],
          monitoredRequestCountMetric:
            'good' in counted
              ? { goodCountMetric: [query('good', counted.good)] }
              : { badCountMetric: [query('bad', counted.bad)] },
        },
      },
      goal: {
        attainmentGoal: Math.round(goal * 1e5) / 1e3,
        warningThreshold: 50,
        interval: { rollingInterval: { duration: 28, durationUnit: 'DAY' } },
      },
      burnRateConfigurations: BURN_RATES.map(({ long }) => ({ lookBackWindowMinutes: long.toMinutes() })),
    });
  }
}

function countedObjectives({ loadBalancer, availability, p95 }: ObjectiveRegistrationProps): Counted[] {
  const period = Duration.minutes(1);
  const seconds = p95.toMilliseconds() / 1000;
  return [
    {
      id: 'Availability',
      goal: availability,
      all: loadBalancer.metricRequestCount({ period }),
      counted: { bad: loadBalancer.metricTargetErrors({ period }) },
    },
    {
      id: 'Latency',
      goal: 0.95,
      all: loadBalancer.metricTargetResponseTime({ period, statistic: cloudwatch.Stats.SAMPLE_COUNT }),
      counted: {
        good: loadBalancer.metricTargetResponseTime({ period, statistic: `TC(:${seconds})` }),
      },
    },
  ];
}

function query(
  id: string,
  { namespace, metricName, dimensions = {}, statistic, period }: cloudwatch.Metric,
): applicationsignals.CfnServiceLevelObjective.MetricDataQueryProperty {
  return {
    id,
    returnData: true,
    metricStat: {
      stat: statistic,
      period: period.toSeconds(),
      metric: {
        namespace,
        metricName,
        dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value: String(value) })),
      },
    },
  };
}
