import { type CacheConnection, type CacheKey, popularKeys, takeWarmHits } from '../../runtime/cache';
import type { CacheSeeder } from '../../runtime/cache/seeding';
import type { Database } from '../../runtime/database';
import { candidatesOf } from './candidates';
import { takeRunLock } from './run-lock';
import { type WarmCacheOptions, type WarmCacheReport, warmCache } from './warm-cache';
import type { WarmEdgeOptions, WarmEdgeReport } from './warm-edge';
import { type WarmPathsDeps, warmPaths } from './warm-paths';
import type { WarmRequest } from './warm-request';

export interface WarmingDeps extends WarmPathsDeps {
  readonly connection: CacheConnection;
  readonly database: Database;
  readonly seeder: CacheSeeder;
  readonly declared: () => Promise<readonly CacheKey[]>;
  readonly tagsOf: (key: CacheKey) => readonly string[];
  readonly pressure: () => Promise<string | undefined>;
  /** List price of a run in USD. */
  readonly costOf: (milliseconds: number, edge: WarmEdgeReport['regions']) => number;
}

export interface WarmingOptions extends Omit<WarmCacheOptions, 'nextRunMs'> {
  /** Time between two full runs, and between two of what trends, in milliseconds. */
  readonly everyMs: { readonly all: number; readonly trending: number };
  /** Most keys of one run. */
  readonly maxKeys: number;
  readonly edge: Omit<WarmEdgeOptions, 'deadline'> | 'none';
  /** @default 'headroom' */
  readonly namespace?: string;
}

export type WarmingReport =
  | { readonly skipped: 'another run is under way' }
  | (WarmCacheReport & { readonly reason: WarmRequest['reason']; readonly edge: WarmEdgeReport | 'none' });

/** An entry must outlive the time between two runs by this, in milliseconds: a run takes its time. */
const MARGIN_MS = 20_000;

/**
 * One run: finds what is worth it, loads what would miss before the next run, puts it into the cache and then into the
 * CDN. A flushed cache is noticed by what the last run left in it, and then everything is warmed.
 */
export async function runWarming(
  asked: WarmRequest,
  deps: WarmingDeps,
  options: WarmingOptions,
): Promise<WarmingReport> {
  const { connection, metrics, now } = deps;
  const startedAt = now();
  const lock = await takeRunLock(connection, options.namespace);
  if (lock === undefined) return { skipped: 'another run is under way' };
  try {
    const request = await orAllWhenEmpty(asked, deps, options);
    const candidates = await findCandidates(request, deps, options);
    const everyMs = request.keys === 'trending' ? options.everyMs.trending : options.everyMs.all;
    const report = await warmCache(
      candidates,
      { ...deps, fence: lock.fence },
      { ...options, nextRunMs: everyMs + MARGIN_MS },
    );
    const edge = report.replaced ? 'none' : await warmEdges(candidates, deps, options);
    await account(request, report, deps, options);
    const { reason } = request;
    const milliseconds = now() - startedAt;
    metrics.count('cache_warmed_keys_total', { reason }, report.warmed);
    if (report.left > 0) metrics.count('cache_warming_left_total', { reason }, report.left);
    metrics.observe('cache_warming_seconds', { reason }, milliseconds / 1_000);
    metrics.observe('cache_warming_cost_usd', {}, deps.costOf(milliseconds, edge === 'none' ? {} : edge.regions));
    return { ...report, reason, edge };
  } finally {
    await lock.release();
  }
}

const keysOf = ({ namespace = 'headroom' }: WarmingOptions) => ({
  /** There since the first run, unless the server lost its data. */
  mark: `${namespace}:warming:mark`,
  /** Entries written since effectiveness was last reckoned. */
  written: `${namespace}:warming:written`,
});

async function orAllWhenEmpty(
  request: WarmRequest,
  { connection }: WarmingDeps,
  options: WarmingOptions,
): Promise<WarmRequest> {
  const marked = await connection.client().set(keysOf(options).mark, '1', { GET: true });
  return marked === null && request.keys !== 'all' ? { reason: 'failover', keys: 'all' } : request;
}

async function findCandidates(
  request: WarmRequest,
  { connection, declared, classes, tagsOf, now }: WarmingDeps,
  { namespace = 'headroom', maxKeys }: WarmingOptions,
): Promise<CacheKey[]> {
  const [popular, always] = await Promise.all([
    popularKeys({ connection, namespace, limit: maxKeys, now: now() }),
    request.keys === 'all' ? declared() : [],
  ]);
  const names = new Set(Object.keys(classes));
  return candidatesOf({ request, declared: always, popular, classes: names, tagsOf }).slice(0, maxKeys);
}

async function warmEdges(
  candidates: readonly CacheKey[],
  deps: WarmingDeps,
  { edge, deadline }: WarmingOptions,
): Promise<WarmEdgeReport | 'none'> {
  return edge === 'none' ? 'none' : warmPaths(candidates, deps, { ...edge, deadline });
}

/** What became of the entries that earlier runs had written. Reckoned by full runs, over all runs between them. */
async function account(
  { keys }: WarmRequest,
  { warmed }: WarmCacheReport,
  { connection, metrics }: WarmingDeps,
  options: WarmingOptions,
): Promise<void> {
  const { written } = keysOf(options);
  if (keys !== 'all') return void (await connection.client().incrBy(written, warmed));
  const before = Number(String((await connection.client().set(written, `${warmed}`, { GET: true })) ?? 0));
  const used = await takeWarmHits(connection, options.namespace);
  const hits = [...used.values()].reduce((sum, count) => sum + count, 0);
  if (hits > 0) metrics.count('cache_warm_hits_total', {}, hits);
  if (used.size > 0) metrics.count('cache_misses_avoided_total', {}, used.size);
  if (before > 0) metrics.gauge('cache_warming_effectiveness', {}, Math.min(1, used.size / before));
}
