import { Duration } from 'aws-cdk-lib';
import type { ApiMetrics } from '../../serverless-api/api-metrics';
import type { ServerlessApi } from '../../serverless-api/serverless-api';
import type { AlarmRow, Concern, MissingData } from '../alarm-row';
import { fastestBurn } from '../burn-rate';
import type { RequestObjectives } from '../objectives';

/** Who calls an API. */
export type Caller = 'partners' | 'visitors';

const NO_REQUESTS: MissingData = { counts: 'notBreaching', because: 'there are no requests' };
/** So few requests of five minutes, or fewer, say nothing about a share. */
const FEW = 60;

/** What API Gateway reports of the APIs that there are: the load balancer, which the objectives are measured at, sees none of it. */
export function apiAlarms(api: ServerlessApi, { availability, p95 }: RequestObjectives): Concern {
  return {
    name: 'apis',
    rows: watchedApis(api).flatMap(([who, metrics]) => [
      ...errorRows(who, metrics, availability),
      latencyRow(who, metrics, p95),
      refusedRow(who, metrics),
    ]),
  };
}

/** The APIs of an environment by who calls them. */
export function watchedApis({ partners, visitors }: ServerlessApi): (readonly [Caller, ApiMetrics])[] {
  return [
    ...(partners === undefined ? [] : [['partners', partners.metrics] as const]),
    ...(visitors === undefined ? [] : [['visitors', visitors.metrics] as const]),
  ];
}

/** The fastest rate that the objective can burn at, over its short window: one alarm, not a budget (docs/decisions/0095). */
function errorRows(who: Caller, metrics: ApiMetrics, goal: number): AlarmRow[] {
  const objective = {
    id: `api-${who}`,
    verb: 'fail',
    goal,
    badPercent: (period: Duration, minRequests: number) => metrics.metricErrorPercent(minRequests, { period }),
  };
  const fastest = fastestBurn(objective);
  if (fastest === undefined) return [];
  const { burn, short, thresholdPercent, minRequests } = fastest;
  return [
    {
      id: `api-errors-${who}`,
      says: `${thresholdPercent} % of the requests of ${who} to the API fail: a budget would burn ${burn} times too fast`,
      metric: objective.badPercent(short, minRequests),
      when: { atLeast: thresholdPercent },
      datapoints: [2, 3],
      severity: 'page',
      missing: NO_REQUESTS,
      runbook: 'api-errors',
    },
  ];
}

function latencyRow(who: Caller, metrics: ApiMetrics, p95: Duration): AlarmRow {
  const limit = p95.toMilliseconds();
  return {
    id: `api-latency-${who}`,
    says: `The API of ${who} takes longer than the objective of ${limit} ms for one request in twenty`,
    metric: metrics.metricLatency(),
    when: { above: limit },
    datapoints: [10, 15],
    severity: 'ticket',
    missing: NO_REQUESTS,
    fewSamples: 'ignore',
    runbook: 'api-latency',
  };
}

/** The only sign of throttling that there is, and of an API that no longer knows the CDN. */
function refusedRow(who: Caller, metrics: ApiMetrics): AlarmRow {
  return {
    id: `api-refused-${who}`,
    says: `The API of ${who} refuses more than half of its requests`,
    metric: metrics.metricRefusedPercent(FEW, { period: Duration.minutes(5) }),
    when: { above: 50 },
    datapoints: [3, 3],
    severity: 'ticket',
    missing: NO_REQUESTS,
    runbook: 'api-refused',
  };
}
