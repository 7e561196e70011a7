import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type Advice, adviceMarkdown, advise, isTooLittle, type ResourceUse } from '../../analysis/capacity';
import { quantile } from '../../analysis/capacity/statistics';
import type { GetMetricData } from '../../analysis/cost/cloudwatch/read-series';
import type { PriceBook } from '../../analysis/cost/prices/price-book';
import { embeddedMetricLines, type Sample } from '../../runtime/telemetry/emf';
import type { ObjectStore } from '../shared/object-store';
import { scheduledTime } from '../shared/scheduled-event';
import type { AdvisorEvent } from './advisor-event';
import { measure } from './measure';
import { type KeptAdvice, publishRecommendations } from './publish';
import type { ReadQuota } from './quotas';

export interface AdvisorDependencies {
  readonly getMetricData: GetMetricData;
  readonly readQuota: ReadQuota;
  readonly events: Pick<EventBridgeClient, 'send'>;
  readonly bus: string;
  readonly store: ObjectStore;
  readonly prices: PriceBook;
  readonly region: string;
  readonly metricsNamespace: string;
  /** Writes one line of the embedded metric format. */
  readonly write: (line: string) => void;
}

const DAY_MS = 86_400_000;
const BUSY = 0.95;

/** What is kept of a day, with the metrics that belong to it. */
interface KeptDay extends KeptAdvice {
  readonly samples: readonly Sample[];
}

/**
 * Advises once a day. What was found is kept before anything is sent, so that a run that is repeated sends what is left
 * of the same advice, and publishes the same metrics for the same time.
 */
export async function runAdvisor(event: AdvisorEvent, deps: AdvisorDependencies): Promise<KeptAdvice> {
  const at = scheduledTime(event);
  const key = `advice/${at.toISOString().slice(0, 10)}.json`;
  const stored = await deps.store.get(key);
  const kept = stored === undefined ? await adviseAnew(at, key, event, deps) : (JSON.parse(stored.body) as KeptDay);
  const { events, bus, store } = deps;
  await publishRecommendations(kept, { events, bus, store, key, environment: event.environment });
  for (const line of embeddedMetricLines(deps.metricsNamespace, at.getTime(), kept.samples)) deps.write(line);
  return kept;
}

async function adviseAnew(at: Date, key: string, event: AdvisorEvent, deps: AdvisorDependencies): Promise<KeptDay> {
  const measured = await measure(at, event, deps);
  const advice = advise({ ...measured, deployed: event.deployed, prices: deps.prices, now: at });
  const kept: KeptDay = {
    date: at.toISOString().slice(0, 10),
    recommendations: advice.recommendations,
    published: [],
    samples: samplesOf(at, [...measured.resources, ...measured.sizes], advice),
  };
  await deps.store.put('latest.md', adviceMarkdown(advice));
  await deps.store.replace(key, JSON.stringify(kept, undefined, 2), undefined);
  return kept;
}

/** How full each resource was in the busy hours of the last day, and in how many days it will be. */
function samplesOf(
  at: Date,
  uses: readonly ResourceUse[],
  { projections, recommendations, bottleneck }: Advice,
): readonly Sample[] {
  const lastDay = uses.map(({ type, points }) => ({
    type,
    shares: points.filter(({ ms }) => ms >= at.getTime() - DAY_MS).map(({ value }) => value),
  }));
  return [
    ...lastDay
      .filter(({ shares }) => shares.length > 0)
      .map(({ type, shares }) => ({
        name: 'resource_utilization_percent',
        labels: { resource_type: type },
        value: 100 * quantile(shares, BUSY),
      })),
    ...projections.flatMap(({ resource, reached }) =>
      reached === undefined
        ? []
        : [
            {
              name: 'capacity_days_left',
              labels: { resource_type: resource.type },
              value: Math.max(0, (reached.expected.getTime() - at.getTime()) / DAY_MS),
            },
          ],
    ),
    ...(isTooLittle(bottleneck)
      ? []
      : [
          {
            name: 'capacity_bottleneck_ratio',
            labels: {},
            value: bottleneck.ranked[0].requestsPerSecond / bottleneck.peakRequestsPerSecond,
          },
        ]),
    { name: 'capacity_recommendations', labels: {}, value: recommendations.length },
  ];
}
