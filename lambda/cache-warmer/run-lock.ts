import type { CacheConnection } from '../../runtime/cache';
import { RELEASE, RENEW, run } from '../../runtime/cache/scripts';
import type { Fence } from '../../runtime/cache/seeding';

/** How long a run that died keeps others out. */
const HOLD_MS = 30_000;

/** The right of one run to warm, for as long as it lasts. */
export interface HeldLock {
  /** Writes are bound to it: a run that was replaced writes nothing more. */
  readonly fence: Fence;
  release(): Promise<void>;
}

/**
 * Takes the lock of the warmer, with a number that no run had before; `undefined` when another run holds it.
 *
 * @throws CacheUnavailableError when there is no cache to be warmed
 */
export async function takeRunLock(connection: CacheConnection, namespace = 'headroom'): Promise<HeldLock | undefined> {
  const key = `${namespace}:warming:lock`;
  const client = connection.client();
  const token = String(await client.incr(`${namespace}:warming:runs`));
  const taken = await client.set(key, token, { condition: 'NX', expiration: { type: 'PX', value: HOLD_MS } });
  if (taken === null) return undefined;
  const renewal = setInterval(() => {
    // What cannot be renewed runs out, and then the fence holds.
    run(connection.client(), RENEW, [key], [token, `${HOLD_MS}`]).catch(() => undefined);
  }, HOLD_MS / 3);
  return {
    fence: { key, token },
    release: async () => {
      clearInterval(renewal);
      await run(connection.client(), RELEASE, [key], [token]).catch(() => undefined);
    },
  };
}
