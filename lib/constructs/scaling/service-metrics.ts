import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ContainerService } from '../container-service/container-service';
import type { LoadBalancer } from '../load-balancer/load-balancer';
import type { ScalingMetric } from './scaling-policies';

/** A scaling metric as CloudWatch has it: the series, and what one unit of the setting is in the series' own unit. */
interface MeasuredMetric {
  readonly series: cloudwatch.IMetric;
  /** From the unit of the setting to the unit of the series. */
  readonly toSeries: (value: number) => number;
}

/** Where each scaling metric of a service comes from, with one-minute datapoints. */
export type ServiceMetrics = Readonly<Record<ScalingMetric, MeasuredMetric>>;

const percent = (value: number): number => value;

/**
 * The metrics that `service` is scaled on.
 *
 * @param capacityPerTask requests per second that are 100 % of `capacityPercent`
 */
export function serviceMetrics(
  service: ContainerService,
  loadBalancer: LoadBalancer,
  capacityPerTask: number,
): ServiceMetrics {
  return {
    cpuPercent: { series: service.metricCpuUtilization(), toSeries: percent },
    memoryPercent: { series: service.metricMemoryUtilization(), toSeries: percent },
    capacityPercent: {
      series: loadBalancer.metricRequestCountPerTarget(),
      toSeries: (value) => (value * capacityPerTask * 60) / 100,
    },
    // The load balancer reports seconds.
    p95Millis: { series: loadBalancer.metricTargetResponseTime(), toSeries: (value) => value / 1000 },
  };
}
