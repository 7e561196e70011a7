import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { LoadBalancer } from '../../load-balancer/load-balancer';
import type { Concern, MissingData } from '../alarm-row';

const ONLY_WHEN_IT_HAPPENS: MissingData = {
  counts: 'notBreaching',
  because: 'the load balancer reports it only when it happens',
};

/** What the load balancer sees of the tasks and of its own limits. */
export function loadBalancerAlarms(loadBalancer: LoadBalancer, p95: Duration): Concern {
  const p95Seconds = p95.toMilliseconds() / 1000;
  return {
    name: 'load-balancer',
    rows: [
      {
        id: 'load-balancer-no-healthy-tasks',
        says: 'No task passes its health checks',
        metric: loadBalancer.metricHealthyHostCount(),
        when: { below: 1 },
        datapoints: [2, 2],
        severity: 'page',
        missing: { counts: 'breaching', because: 'a target group without any target reports nothing' },
      },
      {
        id: 'load-balancer-unhealthy-tasks',
        says: 'Tasks have failed their health checks for ten minutes without being replaced',
        metric: loadBalancer.metricUnhealthyHostCount(),
        when: { atLeast: 1 },
        datapoints: [10, 15],
        severity: 'ticket',
        missing: { counts: 'notBreaching', because: 'no targets, which load-balancer-no-healthy-tasks tells' },
      },
      {
        id: 'load-balancer-errors',
        says: 'The load balancer answers for tasks that do not: more than 5 % of requests got its own 5xx',
        metric: balancerErrorPercent(loadBalancer),
        when: { above: 5 },
        datapoints: [3, 5],
        severity: 'page',
        missing: { counts: 'notBreaching', because: 'there are no requests' },
      },
      {
        id: 'load-balancer-latency',
        says: `The 95th percentile of response times has been above the objective of ${p95.toMilliseconds()} ms`,
        metric: loadBalancer.metricTargetResponseTime(),
        when: { above: p95Seconds },
        datapoints: [10, 15],
        severity: 'ticket',
        missing: { counts: 'notBreaching', because: 'there are no requests' },
        fewSamples: 'ignore',
      },
      {
        id: 'load-balancer-uneven-zones',
        says: 'One zone takes more than one and a half times its share of the requests',
        metric: loadBalancer.metricZoneImbalance(300),
        when: { above: 1.5 },
        datapoints: [15, 20],
        severity: 'ticket',
        missing: { counts: 'notBreaching', because: 'there are no requests' },
      },
      {
        id: 'load-balancer-connection-errors',
        says: 'The load balancer cannot open connections to tasks',
        metric: loadBalancer.metricTargetConnectionErrorCount(),
        when: { atLeast: 5 },
        datapoints: [3, 5],
        severity: 'ticket',
        missing: ONLY_WHEN_IT_HAPPENS,
      },
      {
        id: 'load-balancer-rejected',
        says: 'The load balancer refuses connections: it is at its own limit',
        metric: loadBalancer.metricRejectedConnectionCount(),
        when: { atLeast: 1 },
        datapoints: [2, 5],
        severity: 'page',
        missing: ONLY_WHEN_IT_HAPPENS,
      },
    ],
  };
}

function balancerErrorPercent(loadBalancer: LoadBalancer): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: 'IF(MAX([requests, errors]) >= 60, 100 * errors / MAX([requests, errors]), 0)',
    usingMetrics: { errors: loadBalancer.metricBalancerErrors(), requests: loadBalancer.metricRequestCount() },
    label: "answered by the load balancer's own 5xx, %",
    period: loadBalancer.metricRequestCount().period,
  });
}
