import type { Point, ResourceUse, TooLittleData } from './resource-use';
import { quantile, rankCorrelation, theilSen } from './statistics';

/** What a resource makes of the load, and at which load it is full. */
export interface Saturation {
  readonly resource: ResourceUse;
  /** Requests per second at which its usable share is used up. */
  readonly requestsPerSecond: number;
  /** Share of the ceiling that one request per second takes (D in the utilisation law U = X · D). */
  readonly demand: number;
  /** Share that is used without any request. */
  readonly idle: number;
  /** Rank correlation with the load. */
  readonly correlation: number;
  /** Median, 95th and 99th percentile of the share in use. */
  readonly percentiles: readonly [number, number, number];
}

export interface Bottleneck {
  /** Resources that follow the load, the one that is full first in front. */
  readonly ranked: readonly [Saturation, ...Saturation[]];
  /** Load of the busiest hours (99th percentile), in requests per second. */
  readonly peakRequestsPerSecond: number;
}

/** Two days: a line needs the slope of two mornings at least. */
const LEAST_HOURS = 48;
/** Busy hours must have this many times the load of quiet ones, or no slope can be told from noise. */
const LEAST_SPREAD = 1.5;
/** Below this the resource does something else than serve requests. */
const LEAST_CORRELATION = 0.6;

/**
 * Which resource is full first when the load grows. By the utilisation law a resource in use for D seconds per request
 * is used at U = X · D at X requests per second, whatever the queues are like; D is the slope of use over load and what
 * is left at no load the idle share. The resource with the least (usable − idle) / D is the bottleneck.
 *
 * @param load requests per second, hour by hour
 * @see Denning, Buzen: The Operational Analysis of Queueing Network Models, https://doi.org/10.1145/356733.356735
 */
export function bottleneckOf(load: readonly Point[], resources: readonly ResourceUse[]): Bottleneck | TooLittleData {
  const rates = load.map(({ value }) => value);
  const [quiet, busy] = [quantile(rates, 0.05), quantile(rates, 0.95)];
  if (rates.length < LEAST_HOURS) {
    return { tooLittle: `${rates.length} hours of load are known, ${LEAST_HOURS} are needed` };
  }
  if (busy < LEAST_SPREAD * quiet) {
    return {
      tooLittle: `busy hours have ${(busy / quiet).toFixed(2)} times the load of quiet ones, ${LEAST_SPREAD} are needed`,
    };
  }
  const [first, ...others] = resources
    .flatMap((resource) => saturationOf(new Map(load.map(({ ms, value }) => [ms, value])), resource))
    .sort((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  if (first === undefined) return { tooLittle: 'no resource is used more when there is more load' };
  return { ranked: [first, ...others], peakRequestsPerSecond: quantile(rates, 0.99) };
}

function saturationOf(load: ReadonlyMap<number, number>, resource: ResourceUse): readonly Saturation[] {
  const both = resource.points.flatMap(({ ms, value }) => {
    const rate = load.get(ms);
    return rate === undefined ? [] : [{ rate, value }];
  });
  const [rates, shares] = [both.map(({ rate }) => rate), both.map(({ value }) => value)];
  const line = theilSen(rates, shares);
  const correlation = rankCorrelation(rates, shares);
  if (both.length < LEAST_HOURS || line === undefined || line.slope <= 0 || correlation < LEAST_CORRELATION) return [];
  const idle = Math.max(0, line.intercept);
  return [
    {
      resource,
      requestsPerSecond: Math.max(0, resource.usable - idle) / line.slope,
      demand: line.slope,
      idle,
      correlation,
      percentiles: [quantile(shares, 0.5), quantile(shares, 0.95), quantile(shares, 0.99)],
    },
  ];
}
