import type { Coherence } from './coherence';
import type { Loading } from './loading';
import type { Wanted } from './wanted';

/**
 * Writes to the source, then to both tiers. The key is claimed first: a load that is under way will store nothing, and
 * of several concurrent writes none stores, because only the source knows which came last.
 */
export async function writeThrough(
  { coherence, loading }: { readonly coherence: Coherence; readonly loading: Loading },
  wanted: Wanted,
  value: unknown,
  write: () => Promise<void>,
): Promise<void> {
  const names = { keys: [wanted.name], tags: [] };
  const claim = await loading.ask((server) => server.claim(wanted.name));
  try {
    await write();
  } catch (error) {
    // Whether the source applied it is not known: a time-out after COMMIT looks like one before it.
    await coherence.forget(names);
    throw error;
  }
  coherence.drop(names);
  const before = coherence.journal.now;
  const entry = loading.entries.entryFor(wanted.policy, value, claim?.clock ?? 0, wanted.tags);
  const keepMs = loading.entries.keepMsFor(wanted.policy, entry);
  const sealed = loading.entries.sealed(wanted, entry);
  const stored = claim && (await loading.ask((server) => server.settle(wanted.name, claim, sealed, keepMs)));
  const undisturbed = !coherence.journal.touched(before, wanted.name, wanted.tags);
  // Again: until the server had the new value, a request could bring the old one back into memory.
  coherence.drop(names);
  if (stored && undisturbed) {
    loading.entries.remember(
      { ...wanted, since: coherence.journal.now },
      entry,
      loading.entries.valueOf(wanted.policy, entry),
    );
  } else if (stored === undefined) coherence.tellLater(names);
}
