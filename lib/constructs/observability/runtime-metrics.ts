import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Where the service looks a value up, from near to far. */
export type CacheTier = 'memory' | 'server' | 'query';

/** What the tasks report about themselves; names and labels are those of runtime/telemetry/catalogue.ts. */
export class RuntimeMetrics {
  /** @param namespace the `METRICS_NAMESPACE` of the tasks */
  public constructor(private readonly namespace: string) {}

  /** Share of look-ups that `tier` answered, 0 to 1. No data without look-ups. Average over 1 minute. */
  public metricCacheHitRate(tier: CacheTier, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_hit_rate_by_tier', { cache_tier: tier }, cloudwatch.Stats.AVERAGE, options);
  }

  /** Whether the shared cache can be read: 1 or 0. Minimum over the tasks. */
  public metricCacheAvailable(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_server_available', {}, cloudwatch.Stats.MINIMUM, options);
  }

  /** Loads from the source because no tier had the value. Sum over 1 minute. */
  public metricCacheLoads(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_loads_total', {}, cloudwatch.Stats.SUM, options);
  }

  /** Answers that had expired and were given all the same. Sum over 1 minute. */
  public metricStaleAnswers(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_stale_answers_total', {}, cloudwatch.Stats.SUM, options);
  }

  /** How much of its share a task uses, in percent. Maximum over the tasks. */
  public metricResourceUtilization(
    resource: 'cpu' | 'memory' | 'event_loop',
    options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return this.metric('resource_utilization_percent', { resource_type: resource }, cloudwatch.Stats.MAXIMUM, options);
  }

  /** Requests that were refused because too many waited. No data when none was. Sum over 1 minute. */
  public metricShedRequests(
    reason: 'queue_full' | 'queue_timeout',
    options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return this.metric('shed_requests_total', { reason }, cloudwatch.Stats.SUM, options);
  }

  /** Reads that the primary answered because no replica would do. No data when none was. Sum over 1 minute. */
  public metricReadsFallenBack(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('db_reads_fallen_back_total', {}, cloudwatch.Stats.SUM, options);
  }

  private metric(
    metricName: string,
    dimensionsMap: Record<string, string>,
    statistic: string,
    options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: this.namespace,
      metricName,
      dimensionsMap,
      statistic,
      period: Duration.minutes(1),
      ...options,
    });
  }
}
