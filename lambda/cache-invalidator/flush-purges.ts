import { randomUUID } from 'node:crypto';
import type { Metrics } from '../../runtime/telemetry';
import type { PurgeBatch, PurgeStore } from './purge-store';
import type { PurgeTurn } from './purge-turn';

/** What the CDN said to a request. */
export type PurgeAnswer =
  | { readonly outcome: 'accepted'; readonly id: string }
  /** Not now: throttled, too many in progress, an error of its own, or no answer at all. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Never in this form. */
  | { readonly outcome: 'wrong'; readonly reason: string };

export interface FlushDeps {
  readonly store: PurgeStore;
  readonly turn: (holder: string) => PurgeTurn;
  readonly purge: (batch: PurgeBatch) => Promise<PurgeAnswer>;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Has another execution look at what waits after so many milliseconds. */
  readonly goOn: (afterMs: number) => Promise<void>;
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

const LONGEST_BACKOFF_MS = 60_000;

/**
 * Sends what is wanted to the CDN, one request at a time over all executions and at most one per window. Whoever finds
 * another at work leaves: the other one looks again after its turn, has somebody go on when its time is up, and is
 * looked after a second later in case it died. What the CDN refuses is sent again, as the same request, after a pause
 * that doubles.
 *
 * @returns the requests that the CDN took
 */
export async function flushPurges(deps: FlushDeps, options: FlushOptions): Promise<(PurgeBatch & { id: string })[]> {
  const { store, now } = deps;
  const holder = randomUUID();
  const mine = deps.turn(holder);
  const taken: (PurgeBatch & { id: string })[] = [];
  for (let wanted = await store.dueAt(); wanted !== undefined; wanted = await store.dueAt()) {
    const turn = await mine.take();
    if (turn === undefined) {
      const lookAfterMs = await mine.lookAfterMs();
      if (lookAfterMs !== undefined) await deps.goOn(lookAfterMs);
      break;
    }
    const dueAt = Math.max(now(), turn.nextAt, wanted);
    if (dueAt >= options.deadline) {
      await mine.leave(undefined, turn.refusals);
      // While the CDN refuses, or within a long window, the next change or the next minute is soon enough.
      if (taken.length > 0) await deps.goOn(dueAt - now());
      break;
    }
    const sent = await mine.during(sendAt(dueAt, holder, deps, options));
    const refusals = sent === 'refused' ? turn.refusals + 1 : 0;
    const pause = sent === 'refused' ? backoff(refusals, options.windowMs) : pauseAfter(sent, options);
    await mine.leave(pause === undefined ? undefined : now() + pause, refusals);
    if (typeof sent === 'object') taken.push(sent);
  }
  deps.metrics.gauge('cdn_invalidation_pending', {}, await store.pending());
  return taken;
}

async function sendAt(moment: number, holder: string, deps: FlushDeps, options: FlushOptions): Promise<Sent> {
  const wait = moment - deps.now();
  if (wait > 0) await deps.sleep(wait);
  return sendOne(holder, deps, options);
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
