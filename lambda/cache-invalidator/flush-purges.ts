import { randomUUID } from 'node:crypto';
import type { Metrics } from '../../runtime/telemetry';
import type { PurgeBatch, PurgeStore } from './purge-store';

/** What the CDN said to a request. */
export type PurgeAnswer =
  | { readonly outcome: 'accepted'; readonly id: string }
  /** Not now: throttled, too many in progress, an error of its own, or no answer at all. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Never in this form. */
  | { readonly outcome: 'wrong'; readonly reason: string };

export interface FlushDeps {
  readonly store: PurgeStore;
  readonly purge: (batch: PurgeBatch) => Promise<PurgeAnswer>;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Told what the CDN refused or called wrong. */
  readonly onRefusal: (answer: PurgeAnswer, batch: PurgeBatch) => void;
}

export interface FlushOptions {
  /** Least time between two requests, in milliseconds: what is wanted meanwhile goes into the next one. */
  readonly windowMs: number;
  /** From how many items on one wildcard is sent instead of them. */
  readonly wildcardFrom: number;
  /** What stands for everything that is tagged, such as `/api/*`. */
  readonly wildcard: string;
  /** Paths of one month; a wildcard and a tag are one each. */
  readonly monthlyPaths: number;
  /** When the month's paths are spent: one wildcard every so many milliseconds, or nothing but what TTLs do. */
  readonly whenSpent: { readonly wildcardEveryMs: number } | 'wait for the TTL';
  /** No new request after that, in ms since the epoch. */
  readonly deadline: number;
}

/** A holder that died keeps the others waiting for so long. */
const TURN_MS = 15_000;
const LONGEST_BACKOFF_MS = 60_000;

/**
 * Sends what is wanted to the CDN, one request at a time over all executions and at most one per window. Whoever finds
 * another at work leaves: the other one looks again after its turn. What the CDN refuses is sent again, as the same
 * request, after a pause that doubles.
 *
 * @returns the requests that the CDN took
 */
export async function flushPurges(deps: FlushDeps, options: FlushOptions): Promise<(PurgeBatch & { id: string })[]> {
  const { store, now, sleep } = deps;
  const holder = randomUUID();
  const taken: (PurgeBatch & { id: string })[] = [];
  while (now() < options.deadline && (await store.pending()) > 0) {
    const turn = await store.takeTurn(holder, now(), now() + TURN_MS);
    if (turn === undefined) break;
    const wait = turn.nextAt - now();
    if (now() + wait >= options.deadline || wait > options.windowMs) {
      // A pause that this execution need not wait out: the next one, or the next minute, goes on.
      await store.leaveTurn(holder, undefined, turn.refusals);
      break;
    }
    if (wait > 0) await sleep(wait);
    const sent = await sendOne(holder, deps, options);
    const refusals = sent === 'refused' ? turn.refusals + 1 : 0;
    const pause = sent === 'refused' ? backoff(refusals, options.windowMs) : pauseAfter(sent, options);
    await store.leaveTurn(holder, pause === undefined ? undefined : now() + pause, refusals);
    if (sent === 'refused') break;
    if (typeof sent === 'object') taken.push(sent);
  }
  deps.metrics.gauge('cdn_invalidation_pending', {}, await store.pending());
  return taken;
}

type Sent = (PurgeBatch & { id: string; readonly overBudget: boolean }) | 'nothing' | 'refused';

async function sendOne(holder: string, deps: FlushDeps, options: FlushOptions): Promise<Sent> {
  const { store, metrics, now } = deps;
  const overBudget = (await store.spentPaths(now())) >= options.monthlyPaths;
  const { wildcard } = options;
  const wildcardFrom = overBudget ? 1 : options.wildcardFrom;
  const batch = await store.nextBatch(holder, now(), { wildcard, wildcardFrom });
  if (batch === undefined) return 'nothing';
  if (overBudget && options.whenSpent === 'wait for the TTL') {
    await store.sent(batch.reference, now(), undefined);
    return 'nothing';
  }
  const answer = await deps.purge(batch);
  metrics.count('cdn_invalidation_requests_total', { result: answer.outcome });
  if (answer.outcome === 'accepted') {
    await store.sent(batch.reference, now(), answer.id);
    metrics.observe('cdn_invalidation_delay_seconds', {}, (now() - batch.wantedAt) / 1_000);
    for (const path of batch.paths) metrics.count('cdn_invalidation_paths_total', { kind: kindOf(path) });
    return { ...batch, id: answer.id, overBudget };
  }
  deps.onRefusal(answer, batch);
  if (answer.outcome === 'wrong') await store.replaceByWildcard(batch.reference, wildcard);
  return 'refused';
}

/** How long nothing more is sent; `undefined` when nothing was. */
function pauseAfter(sent: Exclude<Sent, 'refused'>, { windowMs, whenSpent }: FlushOptions): number | undefined {
  if (sent === 'nothing') return undefined;
  return sent.overBudget && whenSpent !== 'wait for the TTL' ? whenSpent.wildcardEveryMs : windowMs;
}

/** Doubles with every refusal, up to a minute, with jitter: other accounts' programs wait for the same service. */
function backoff(refusals: number, windowMs: number): number {
  return Math.min(LONGEST_BACKOFF_MS, windowMs * 2 ** Math.min(refusals, 10)) * (0.5 + Math.random() / 2);
}

function kindOf(path: string): 'tag' | 'wildcard' | 'path' {
  if (path.startsWith('#')) return 'tag';
  return path.endsWith('*') ? 'wildcard' : 'path';
}
