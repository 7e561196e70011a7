import type { Duration } from 'aws-cdk-lib';

/** How the CDN is warmed: with requests through it, within a budget that all regions share equally. */
export interface EdgeWarmingSettings {
  /** Requests of one run. */
  readonly maxRequests: number;

  /** Requests of one month. */
  readonly monthlyRequests: number;

  /**
   * Regions besides the primary one from which it is asked too. CloudFront answers from the edge near whoever asks, so
   * each warms the edges near itself.
   */
  readonly regions: readonly string[];
}

/** How the shared cache is kept warm. */
export interface WarmingSettings {
  /** Time between two runs over all that is popular or declared. */
  readonly every: Duration;

  /** Time between two looks at what is rising. */
  readonly trendingEvery: Duration;

  /** The shortest TTL of what is warmed (service/src/cache-policies.ts): an entry must live until the next run. */
  readonly shortestTtl: Duration;

  /** Most keys of one run. */
  readonly maxKeys: number;

  /** Connections of the one run to the readers, and as many to the writer; also its loads at a time. */
  readonly connections: number;

  /** How the CDN is warmed too, or `'none'`. */
  readonly edge: EdgeWarmingSettings | 'none';
}

/** How changes reach the CDN. */
export interface PurgingSettings {
  /** Least time between two requests to CloudFront; what changes meanwhile goes into the next one. */
  readonly window: Duration;

  /** From how many tags on one wildcard is sent instead of them. */
  readonly wildcardFrom: number;

  /** Tags and paths of a month; CloudFront bills each beyond the first 1,000 of the account. */
  readonly monthlyPaths: number;

  /** What is sent when they are spent: one wildcard in five minutes, or nothing, and TTLs do the rest. */
  readonly whenSpent: 'wildcard' | 'ttl';
}

/** What an environment decides about keeping its caches warm and true. */
export interface CacheUpkeepSettings {
  readonly warming: WarmingSettings;
  readonly purging: PurgingSettings;
}

/** A seeded entry may live a tenth less than its TTL (runtime/cache/policy.ts). */
const LEAST_SHARE_OF_TTL = 0.9;

/** Problems of the warming, each one sentence. */
export function warmingProblems({ every, trendingEvery, shortestTtl, edge }: WarmingSettings): string[] {
  const least = shortestTtl.toSeconds() * LEAST_SHARE_OF_TTL;
  return [
    ...(every.toSeconds() < least
      ? []
      : [
          `\`every\` must be shorter than \`shortestTtl\` less its jitter (${least} s), got ${every.toSeconds()} s: ` +
            'what is warmed would expire before the next run; warm more often or keep entries longer',
        ]),
    ...(trendingEvery.toSeconds() <= every.toSeconds()
      ? []
      : [
          `\`trendingEvery\` must not be longer than \`every\`, got ${trendingEvery.toSeconds()} s and ${every.toSeconds()} s`,
        ]),
    ...(edge === 'none' ? [] : budgetProblems(edge)),
  ];
}

/** A region without a request of its own would be paid for and never asked. */
function budgetProblems({ regions, ...budget }: EdgeWarmingSettings): string[] {
  const places = regions.length + 1;
  return (['maxRequests', 'monthlyRequests'] as const)
    .filter((name) => budget[name] < places)
    .map(
      (name) =>
        `\`edge.${name}\` must be at least ${places}, one for each region that the CDN is warmed from, got ${budget[name]}; ` +
        'raise it or name fewer `edge.regions`',
    );
}
