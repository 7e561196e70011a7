import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

export interface ApiMetricsProps {
  /** What API Gateway calls the API. */
  readonly dimensionsMap: Readonly<Record<string, string>>;

  /** What it calls refused and failed requests: the two kinds of API differ in that alone. */
  readonly names: { readonly clientErrors: string; readonly serverErrors: string };
}

/**
 * What API Gateway reports of one API. It does not count throttled requests apart: they are refused like any other.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export class ApiMetrics {
  public constructor(private readonly props: ApiMetricsProps) {}

  /** Requests. No data without requests. Sum over 1 minute. */
  public metricRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Count', cloudwatch.Stats.SAMPLE_COUNT, options);
  }

  /** Requests that were refused: a wrong key, above the plan or the throttle, or not valid. Sum over 1 minute. */
  public metricClientErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(this.props.names.clientErrors, cloudwatch.Stats.SUM, options);
  }

  /** Requests that failed. Sum over 1 minute. */
  public metricServerErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(this.props.names.serverErrors, cloudwatch.Stats.SUM, options);
  }

  /** Time of a request in milliseconds. No data without requests. 95th percentile over 1 minute. */
  public metricLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Latency', cloudwatch.Stats.percentile(95), options);
  }

  /** Requests that were refused, in percent; 0 below `minRequests`. No data without requests. */
  public metricRefusedPercent(
    minRequests: number,
    options?: cloudwatch.MathExpressionOptions,
  ): cloudwatch.MathExpression {
    const { clientErrors } = this.props.names;
    return this.percent('refused', clientErrors, minRequests, options);
  }

  /** Requests that failed, in percent; 0 below `minRequests`. No data without requests. */
  public metricErrorPercent(
    minRequests: number,
    options?: cloudwatch.MathExpressionOptions,
  ): cloudwatch.MathExpression {
    const { serverErrors } = this.props.names;
    return this.percent('failed', serverErrors, minRequests, options);
  }

  private percent(
    what: 'refused' | 'failed',
    metricName: string,
    minRequests: number,
    options?: cloudwatch.MathExpressionOptions,
  ): cloudwatch.MathExpression {
    const period = options?.period ?? Duration.minutes(1);
    return new cloudwatch.MathExpression({
      expression: `IF(requests >= ${minRequests}, 100 * FILL(${what}, 0) / requests, 0)`,
      usingMetrics: {
        // A graph may have both shares, so what is counted has a name of its own.
        [what]: this.metric(metricName, cloudwatch.Stats.SUM, { period }),
        requests: this.metricRequests({ period }),
      },
      label: `${what} requests, %`,
      ...options,
      period,
    });
  }

  private metric(metricName: string, statistic: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: this.props.dimensionsMap,
      statistic,
      period: Duration.minutes(1),
      ...options,
    });
  }
}
