import { type CachePolicies, jitteredAtLeast } from '../../runtime/cache/policy';
import { type Rows, readEnvironment } from '../../service/src/environment';
import type { WarmingOptions } from './run-warming';

/** What the function is told by its construct (lib/constructs/cache-warming/cache-warmer.ts). */
interface WarmingSettings {
  readonly everySeconds: number;
  readonly trendingEverySeconds: number;
  readonly maxKeys: number;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly maxCpuSessions: number;
  readonly maxActiveSessions: number;
  readonly maxLagMilliseconds: number;
  /** Where viewers come in, such as `https://www.example.com`; empty when the CDN is not warmed. */
  readonly edgeOrigin: string;
  /** Regions besides this one from which the CDN is asked, separated by commas. */
  readonly edgeRegions: string;
  /** Name of the function in each of them. */
  readonly edgeFunction: string;
  readonly edgeMaxRequests: number;
  readonly edgeMonthlyRequests: number;
}

const day = 86_400;
const rows: Rows<WarmingSettings> = {
  everySeconds: { variable: 'WARM_EVERY_SECONDS', kind: 'integer', min: 60, max: day, default: 300 },
  trendingEverySeconds: { variable: 'WARM_TRENDING_EVERY_SECONDS', kind: 'integer', min: 60, max: day, default: 60 },
  maxKeys: { variable: 'WARM_MAX_KEYS', kind: 'integer', min: 1, max: 100_000, default: 5_000 },
  batchSize: { variable: 'WARM_BATCH_SIZE', kind: 'integer', min: 1, max: 1_000, default: 100 },
  concurrency: { variable: 'WARM_CONCURRENCY', kind: 'integer', min: 1, max: 32, default: 4 },
  maxCpuSessions: { variable: 'WARM_MAX_CPU_SESSIONS', kind: 'integer', min: 1, max: 1_000, default: 2 },
  maxActiveSessions: { variable: 'WARM_MAX_ACTIVE_SESSIONS', kind: 'integer', min: 1, max: 1_000, default: 8 },
  maxLagMilliseconds: { variable: 'WARM_MAX_LAG_MILLISECONDS', kind: 'integer', min: 1, max: 60_000, default: 1_000 },
  edgeOrigin: { variable: 'WARM_EDGE_ORIGIN', kind: 'text', default: '' },
  edgeRegions: { variable: 'WARM_EDGE_REGIONS', kind: 'text', default: '' },
  edgeFunction: { variable: 'WARM_EDGE_FUNCTION', kind: 'text', default: '' },
  edgeMaxRequests: { variable: 'WARM_EDGE_MAX_REQUESTS', kind: 'integer', min: 0, max: 10_000, default: 200 },
  edgeMonthlyRequests: {
    variable: 'WARM_EDGE_MONTHLY_REQUESTS',
    kind: 'integer',
    min: 0,
    max: 100_000_000,
    default: 1_000_000,
  },
};

/**
 * The settings of the warmer, less the deadline, which every run has its own.
 *
 * @param warmed names of the classes that are warmed
 * @throws InvalidEnvironmentError with every problem; a class that expires before the next run comes cannot stay warm
 */
export function readWarmingSettings(
  environment: NodeJS.ProcessEnv,
  policies: CachePolicies,
  warmed: readonly string[],
): {
  readonly options: Omit<WarmingOptions, 'deadline'>;
  readonly settings: WarmingSettings;
  readonly otherRegions: readonly string[];
} {
  const settings = readEnvironment(environment, rows, (given) => [
    ...intervalProblems(given, policies, warmed),
    ...edgeProblems(given),
  ]);
  const { everySeconds, trendingEverySeconds, edgeOrigin, maxKeys, batchSize, concurrency } = settings;
  const edge = { maxRequests: settings.edgeMaxRequests, monthlyRequests: settings.edgeMonthlyRequests };
  const options = {
    everyMs: { all: everySeconds * 1_000, trending: trendingEverySeconds * 1_000 },
    edge: edgeOrigin === '' ? ('none' as const) : edge,
    maxKeys,
    batchSize,
    concurrency,
  };
  return { options, settings, otherRegions: settings.edgeRegions.split(',').filter((region) => region !== '') };
}

function intervalProblems(
  { everySeconds }: WarmingSettings,
  policies: CachePolicies,
  warmed: readonly string[],
): readonly string[] {
  return warmed.flatMap((name) => {
    const policy = policies[name];
    if (policy?.cacheable !== true || jitteredAtLeast(policy.ttlMs) > everySeconds * 1_000) return [];
    return [
      `WARM_EVERY_SECONDS must be shorter than the TTL of '${name}' less its jitter ` +
        `(${jitteredAtLeast(policy.ttlMs) / 1_000} s), got ${everySeconds}; warm more often or keep it longer`,
    ];
  });
}

function edgeProblems({ edgeOrigin, edgeRegions, edgeFunction }: WarmingSettings): readonly string[] {
  if (edgeRegions === '' || (edgeOrigin !== '' && edgeFunction !== '')) return [];
  return [`WARM_EDGE_REGIONS needs WARM_EDGE_ORIGIN and WARM_EDGE_FUNCTION, got '${edgeOrigin}' and '${edgeFunction}'`];
}
