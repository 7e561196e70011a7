import { type EncryptionKeys, encryptionProblems } from './encryption';

/** A class of keys that is kept in the cache, such as `item` or `search`. */
export interface CacheablePolicy {
  readonly cacheable: true;
  /** How long an entry is fresh, in milliseconds. Spread by `jitterPercent`. */
  readonly ttlMs: number;
  /**
   * How long after `ttlMs` an entry is still answered while one process loads it anew, in milliseconds.
   * @default 0 - the request that finds it expired waits for the load
   */
  readonly staleWhileRevalidateMs?: number;
  /**
   * How long after `ttlMs` an entry is still answered when its load fails or is refused, in milliseconds.
   * @default 0 - the failure reaches the caller
   */
  readonly staleIfErrorMs?: number;
  /**
   * How long "there is no such thing" (a load that gave `undefined`) is remembered, in milliseconds.
   * @default 0 - every request for a missing thing loads
   */
  readonly negativeTtlMs?: number;
  /**
   * By how much `ttlMs` is varied per entry, so that entries filled together do not expire together.
   * @default 5
   */
  readonly jitterPercent?: number;
  /**
   * How long this process answers from its own memory, in milliseconds; 0 for never.
   * @default - the smaller of `ttlMs` and 30 s; 0 for `sensitive` classes, which stay out of the heap
   */
  readonly memoryTtlMs?: number;
  /**
   * What a value is: `json` any JSON value, `bytes` a Buffer that is stored as it is, `response` headers and a body
   * (already compressed, if the headers say so) that is sent unchanged.
   * @default 'json'
   */
  readonly format?: 'json' | 'bytes' | 'response';
  /**
   * Values are personal or secret: they are encrypted (AES-256-GCM) and their ids are not readable in the cache.
   * Needs `encryption` in the options of the cache.
   * @default false
   */
  readonly sensitive?: boolean;
  /**
   * Entries are results of database queries: the innermost tier, counted as `query` beside `memory` and `server`.
   * @default false
   */
  readonly queryResults?: boolean;
  /**
   * Tags of an entry that follow from its id. Invalidating one of them invalidates the entry everywhere.
   * @default - no tags but those of the call
   */
  readonly tags?: (id: string) => readonly string[];
}

/** A class of keys that must never be in any tier: its loads are bounded and counted like the others, and that is all. */
export interface UncacheablePolicy {
  readonly cacheable: false;
  /** Why, for the reader of the table: "card data", "changes with every read". */
  readonly reason: string;
}

export type CachePolicy = CacheablePolicy | UncacheablePolicy;

/** The one table that says what is cached, and how: key class to policy. */
export type CachePolicies = Readonly<Record<string, CachePolicy>>;

/** A policy with its defaults filled in. */
export type ResolvedPolicy = Required<CacheablePolicy> & {
  /** How long the server keeps an entry after it was fresh, for whichever reason. */
  readonly staleMs: number;
};

/** The table of policies cannot work. */
export class CachePolicyError extends Error {
  public override readonly name = 'CachePolicyError';
}

const LONGEST_MEMORY_MS = 30_000;
const noTags = (): readonly string[] => [];

export function resolvePolicy(policy: CacheablePolicy): ResolvedPolicy {
  const sensitive = policy.sensitive ?? false;
  const staleWhileRevalidateMs = policy.staleWhileRevalidateMs ?? 0;
  const staleIfErrorMs = policy.staleIfErrorMs ?? 0;
  return {
    cacheable: true,
    ttlMs: policy.ttlMs,
    staleWhileRevalidateMs,
    staleIfErrorMs,
    negativeTtlMs: policy.negativeTtlMs ?? 0,
    jitterPercent: policy.jitterPercent ?? 5,
    memoryTtlMs: policy.memoryTtlMs ?? (sensitive ? 0 : Math.min(policy.ttlMs, LONGEST_MEMORY_MS)),
    format: policy.format ?? 'json',
    sensitive,
    queryResults: policy.queryResults ?? false,
    tags: policy.tags ?? noTags,
    staleMs: Math.max(staleWhileRevalidateMs, staleIfErrorMs),
  };
}

/** `ttlMs`, more or less by up to `jitterPercent`. */
export function jittered(ttlMs: number, jitterPercent: number): number {
  return Math.round(ttlMs * (1 + ((Math.random() * 2 - 1) * jitterPercent) / 100));
}

/** By how much the TTLs of entries vary that are seeded together, in percent. */
export const SEEDED_JITTER_PERCENT = 10;

/** The shortest that an entry of `ttlMs` may live when it is seeded. */
export function jitteredAtLeast(ttlMs: number): number {
  return ttlMs * (1 - SEEDED_JITTER_PERCENT / 100);
}

/** The longest that an entry of these policies is kept, in milliseconds: how long a tag must be remembered. */
export function longestKeepMs(policies: Iterable<ResolvedPolicy | undefined>): number {
  const keepMs = [...policies].map((policy) =>
    policy === undefined ? 0 : 1.5 * Math.max(policy.ttlMs, policy.negativeTtlMs) + policy.staleMs,
  );
  return Math.ceil(Math.max(1, ...keepMs));
}

function cacheableProblems(name: string, policy: CacheablePolicy, encryption: EncryptionKeys | undefined): string[] {
  const durations = ['staleWhileRevalidateMs', 'staleIfErrorMs', 'negativeTtlMs', 'memoryTtlMs'] as const;
  const jitter = policy.jitterPercent ?? 0;
  return [
    ...(policy.ttlMs >= 1 ? [] : [`\`policies.${name}.ttlMs\` must be at least 1, got ${policy.ttlMs}`]),
    ...durations
      .filter((duration) => (policy[duration] ?? 0) < 0)
      .map((duration) => `\`policies.${name}.${duration}\` must not be negative, got ${policy[duration]}`),
    ...((policy.memoryTtlMs ?? 0) > policy.ttlMs
      ? [`\`policies.${name}.memoryTtlMs\` must not exceed \`ttlMs\` (${policy.ttlMs}), got ${policy.memoryTtlMs}`]
      : []),
    ...(jitter >= 0 && jitter <= 50
      ? []
      : [`\`policies.${name}.jitterPercent\` must be between 0 and 50, got ${jitter}`]),
    ...(policy.sensitive && encryption === undefined
      ? [`\`policies.${name}\` is \`sensitive\`: give \`encryption\`, or make the class \`cacheable: false\``]
      : []),
  ];
}

/** @throws CachePolicyError with every problem of the table */
export function assertPolicies(policies: CachePolicies, encryption: EncryptionKeys | undefined): void {
  const problems = [
    ...(encryption === undefined ? [] : encryptionProblems(encryption)),
    ...Object.entries(policies).flatMap(([name, policy]) => [
      ...(/^[A-Za-z][\w-]*$/.test(name)
        ? []
        : [`\`policies\` must be named with letters, digits, \`-\` and \`_\`, got \`${name}\``]),
      ...(policy.cacheable ? cacheableProblems(name, policy, encryption) : []),
    ]),
  ];
  if (problems.length > 0) throw new CachePolicyError(problems.join('\n'));
}
