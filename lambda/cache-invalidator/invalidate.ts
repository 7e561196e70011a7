import { tableTag } from '../../runtime/cache';
import type { Invalidator } from '../../runtime/cache/invalidator';
import type { Metrics } from '../../runtime/telemetry';
import type { PurgeBatch, PurgeStore } from './purge-store';
import { type Change, InvalidChangeError, readChange } from './read-change';

/** One message of the queue. */
export interface ChangeMessage {
  readonly messageId: string;
  readonly body: string;
}

export interface InvalidateDeps {
  readonly invalidator: Pick<Invalidator, 'invalidate' | 'heard'>;
  readonly store: Pick<PurgeStore, 'want'>;
  /** Sends what is wanted to the CDN, as far as it may now. */
  readonly flush: () => Promise<readonly (PurgeBatch & { readonly id: string })[]>;
  /** Whether every edge has forgotten it. */
  readonly confirm: (invalidationId: string) => Promise<boolean>;
  /** Has what carries these tags and is wanted warmed again. */
  readonly warm: (tags: readonly string[]) => Promise<void>;
  /** Puts a message aside that can never be read, with the reason. */
  readonly deadLetter: (message: ChangeMessage, reason: string) => Promise<void>;
  readonly metrics: Metrics;
  readonly now: () => number;
  /** How long an answer that a process began with an old value may take to reach an edge, in milliseconds. */
  readonly settleMs: number;
}

/**
 * Makes what the messages tell of disappear everywhere, from the inside out, so that no outer tier can fetch the old
 * value from an inner one: the tags' version in the shared cache, which outdates its entries; the memory of every
 * process, and a confirmation of each; answers on their way; the CDN, and its confirmation; then it is warmed again.
 * Every step may be repeated: a run that died is done again by the message. Answers on their way are waited for in the
 * database, so that this execution, or another one, can take the next changes meanwhile.
 *
 * @throws when the cache or the database cannot be told; the messages then come again
 */
export async function invalidateChanges(messages: readonly ChangeMessage[], deps: InvalidateDeps): Promise<void> {
  const { tags, paths, tables } = await readAll(messages, deps);
  const items = [...tags].map((tag) => `#${tag}`).concat([...paths]);
  // Results of queries are in the shared cache and in memory; the CDN knows nothing of tables.
  const outdated = [...tags, ...[...tables].map(tableTag)];
  if (items.length + outdated.length === 0) return;
  const wantedAt = deps.now();
  const clock = await deps.invalidator.invalidate(outdated);
  deps.metrics.count('cache_invalidated_tags_total', {}, outdated.length);
  await deps.invalidator.heard(clock);
  if (items.length === 0) return;
  await deps.store.want(items, wantedAt, deps.now() + deps.settleMs);
  await purgeAndWarm(deps);
}

/** Sends what waits for the CDN, and warms what it has forgotten. Called every minute as well. */
export async function purgeAndWarm({ flush, confirm, warm }: InvalidateDeps): Promise<void> {
  const taken = await flush();
  const confirmed = await Promise.all(taken.map(async (batch) => ((await confirm(batch.id)) ? batch.tags : [])));
  const tags = [...new Set(confirmed.flat())];
  if (tags.length > 0) await warm(tags);
}

async function readAll(messages: readonly ChangeMessage[], { deadLetter, metrics }: InvalidateDeps) {
  const [tags, paths, tables] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const message of messages) {
    const change = await readOrPutAside(message, async (reason) => {
      metrics.count('cache_invalidation_events_rejected_total', {});
      await deadLetter(message, reason);
    });
    for (const tag of change?.tags ?? []) tags.add(tag);
    for (const path of change?.paths ?? []) paths.add(path);
    for (const table of change?.tables ?? []) tables.add(table);
  }
  return { tags, paths, tables };
}

async function readOrPutAside(
  { body }: ChangeMessage,
  putAside: (reason: string) => Promise<void>,
): Promise<Change | undefined> {
  try {
    return readChange(body);
  } catch (error) {
    if (!(error instanceof InvalidChangeError)) throw error;
    await putAside(error.message);
    return undefined;
  }
}
