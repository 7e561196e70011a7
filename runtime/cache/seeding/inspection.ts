import { performance } from 'node:perf_hooks';
import type { CacheConnection } from '../connection';
import { decodeEntry } from '../entry';
import type { NamespaceKeys } from '../namespace-keys';
import { PEEK, run } from '../scripts';
import { isBytes, outdated, toNumber } from '../server-tier';
import type { CacheKey } from '../types';

/** What the server has of one key. */
export interface InspectedKey extends CacheKey {
  readonly name: string;
  /** For how long it will still be answered without a load, in milliseconds; 0 when it is absent or outdated. */
  readonly freshForMs: number;
  /** It was invalidated so recently that a replica may still show what was before: load it from the primary. */
  readonly preferPrimary: boolean;
}

/** The state of some keys at one moment, from which a load of them may begin. */
export interface Inspection {
  readonly keys: readonly InspectedKey[];
  readonly clock: number;
  /** The server's time in microseconds. */
  readonly serverTime: number;
  /** This process's, in milliseconds of `performance.now()`. */
  readonly at: number;
}

export interface InspectParts {
  readonly connection: CacheConnection;
  readonly keys: NamespaceKeys;
  readonly lagBudgetMs: number;
  /** Tags of a key that follow from its policy. */
  readonly tagsOf: (key: CacheKey) => readonly string[];
}

/** Looks at entries without their values, in two round trips however many there are. */
export async function inspect(wanted: readonly CacheKey[], parts: InspectParts): Promise<Inspection> {
  const { connection, keys, lagBudgetMs, tagsOf } = parts;
  const client = connection.client();
  const names = wanted.map((key) => `${key.class}:${key.id}`);
  const at = performance.now();
  const pairs = names.flatMap((name) => [keys.entry(name), keys.touched(name)]);
  const reply = await run(client, PEEK, [keys.clock, ...pairs], []);
  if (!Array.isArray(reply)) throw new TypeError('the peek script must answer with a list');
  const [clock, serverTime] = [toNumber(reply[0]), toNumber(reply[1])];
  const found = wanted.map((key, index) => {
    const [head, touched] = [reply[2 + 2 * index], reply[3 + 2 * index]];
    const entry = isBytes(head) ? decodeEntry(head) : undefined;
    return { key, touched, entry, tags: [...new Set([...tagsOf(key), ...(entry?.tags ?? [])])] };
  });
  const tags = [...new Set(found.flatMap((one) => one.tags))];
  const clocks = tags.length === 0 ? [] : await client.mGet(tags.map((tag) => keys.tag(tag)));
  const clockOf = new Map(tags.map((tag, index) => [tag, clocks[index]]));
  const lagging = serverTime - lagBudgetMs * 1_000;
  const inspected = found.map(({ key, touched, entry, tags: own }, index): InspectedKey => {
    const valid = entry?.tags.every((tag) => !outdated(entry, clockOf.get(tag))) ?? false;
    const moments = [touched, ...own.map((tag) => clockOf.get(tag))];
    return {
      class: key.class,
      id: key.id,
      name: names[index] ?? '',
      freshForMs: valid ? Math.max(0, (entry?.freshUntil ?? 0) - Date.now()) : 0,
      preferPrimary: moments.some((moment) => isBytes(moment) && toNumber(moment) > lagging),
    };
  });
  return { keys: inspected, clock, serverTime, at };
}
