import { Logger } from '@aws-lambda-powertools/logger';
import {
  ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { MetricsAggregator } from '../../runtime/telemetry/aggregator';
import { requireEnv } from '../shared/env';
import { reportMaximum, reportMinute, type ScaledToMaximum, type ScalingReportDeps } from './report-scaling';

const cluster = requireEnv('CLUSTER');
const service = requireEnv('SERVICE');
const label = requireEnv('SERVICE_LABEL');
// Every line is about the service that is scaled, not about this function.
const logger = new Logger({ serviceName: label });
const metrics = new MetricsAggregator({ namespace: requireEnv('METRICS_NAMESPACE') });
const autoScaling = new ApplicationAutoScalingClient();
const ecs = new ECSClient();

const deps: ScalingReportDeps = {
  service: label,
  metrics,
  record: (entry) => logger.info('scaling activity', { ...entry }),
  activities: async () => {
    const { ScalingActivities = [] } = await autoScaling.send(
      new DescribeScalingActivitiesCommand({
        ServiceNamespace: 'ecs',
        ResourceId: `service/${cluster}/${service}`,
        ScalableDimension: 'ecs:service:DesiredCount',
      }),
    );
    return ScalingActivities.map(({ StartTime, StatusCode, Description, Cause }) => ({
      startedAt: StartTime ?? new Date(0),
      failed: StatusCode === 'Failed',
      description: Description ?? '',
      cause: Cause ?? '',
    }));
  },
  runningTasks: async () => {
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    return services[0]?.runningCount ?? 0;
  },
};

type ScalingEvent =
  | { readonly 'detail-type': 'Scheduled Event'; readonly time: string }
  | {
      readonly 'detail-type': 'Application Auto Scaling Scaling Activity State Change';
      readonly detail: ScaledToMaximum;
    };

/** Every minute, and when the service cannot grow any more. */
export async function handler(event: ScalingEvent): Promise<void> {
  if (event['detail-type'] === 'Scheduled Event') await reportMinute(new Date(event.time), deps);
  else reportMaximum(event.detail, deps);
  metrics.flush();
}
