import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ContentDelivery } from '../../edge/content-delivery';
import type { WebAcl } from '../../edge/web-acl';
import type { AlarmRow, Concern, MissingData } from '../alarm-row';

const NO_REQUESTS: MissingData = { counts: 'notBreaching', because: 'there are no requests' };
const MINUTE = { period: Duration.minutes(1) };

export interface EdgeAlarmsProps {
  readonly delivery: ContentDelivery;
  readonly webAcl: WebAcl;
  /** Whether CloudFront measures hit rate and origin latency. */
  readonly additionalMetrics: boolean;
  /** Longest that 95 % of the requests may take. */
  readonly p95: Duration;
  /** Share of cacheable requests that the cache must answer. */
  readonly hitRatio: number;
}

/** What CloudFront reports: from us-east-1, wherever the platform is. */
export function edgeAlarms(props: EdgeAlarmsProps): Concern {
  return { name: 'edge', rows: [errorRow(props), ...(props.additionalMetrics ? additionalRows(props) : [])] };
}

/** What the web ACL reports. */
export function webAclAlarms({ webAcl }: Pick<EdgeAlarmsProps, 'webAcl'>): Concern {
  return {
    name: 'waf',
    rows: [
      {
        id: 'waf-blocked-surge',
        says: 'The web ACL refuses more than 30 % of many requests: an attack, or a rule that hits honest clients',
        metric: blockedPercent(webAcl),
        when: { above: 30 },
        datapoints: [2, 3],
        severity: 'ticket',
        missing: NO_REQUESTS,
      },
    ],
  };
}

function errorRow({ delivery }: EdgeAlarmsProps): AlarmRow {
  return {
    id: 'edge-errors',
    says: 'More than 5 % of what viewers ask CloudFront for ends in 5xx',
    metric: new cloudwatch.MathExpression({
      // One failed request of three in a quiet minute is no rate.
      expression: 'IF(requests >= 60, errors, 0)',
      usingMetrics: { requests: delivery.metricRequests(MINUTE), errors: delivery.metric5xxErrorRate(MINUTE) },
      label: 'viewers that got 5xx, %',
      ...MINUTE,
    }),
    when: { above: 5 },
    datapoints: [3, 5],
    severity: 'page',
    missing: NO_REQUESTS,
  };
}

function additionalRows({ delivery, p95, hitRatio }: EdgeAlarmsProps): AlarmRow[] {
  const latency = 3 * p95.toMilliseconds();
  return [
    {
      id: 'edge-hit-rate',
      says: `CloudFront answers less than ${hitRatio * 100} % of the cacheable requests itself, the objective`,
      metric: delivery.metricCacheHitRate({ period: Duration.minutes(5) }),
      when: { below: hitRatio * 100 },
      datapoints: [6, 6],
      severity: 'ticket',
      missing: NO_REQUESTS,
    },
    {
      id: 'edge-origin-latency',
      says: `The application takes longer than ${latency} ms, as CloudFront sees it, for one request in twenty`,
      metric: delivery.metricOriginLatency({ statistic: cloudwatch.Stats.percentile(95), ...MINUTE }),
      when: { above: latency },
      datapoints: [10, 15],
      severity: 'ticket',
      missing: NO_REQUESTS,
      fewSamples: 'ignore',
    },
  ];
}

function blockedPercent(webAcl: WebAcl): cloudwatch.MathExpression {
  const period = Duration.minutes(5);
  return new cloudwatch.MathExpression({
    expression: 'IF(FILL(blocked, 0) >= 500, 100 * blocked / (blocked + FILL(allowed, 0)), 0)',
    usingMetrics: {
      blocked: webAcl.metricBlockedRequests('ALL', { period }),
      allowed: webAcl.metricAllowedRequests('ALL', { period }),
    },
    label: 'refused, %',
    period,
  });
}
