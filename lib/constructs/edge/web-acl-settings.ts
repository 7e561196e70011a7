import type { ManagedGroup, ManagedGroupMode } from './managed-groups';
import type { RateLimit } from './rate-limit';
import type { PathLimit, Tier } from './web-acl-rules';

/** What an environment decides about its web ACL. */
export interface WebAclSettings {
  /** Address ranges that pass everything, such as `203.0.113.0/24`. Keep it short: nothing else looks at them. */
  readonly allowedAddresses: readonly string[];

  /** Address ranges that are refused. */
  readonly deniedAddresses: readonly string[];

  /** Whether each managed group enforces or counts. A new group starts with `count`. */
  readonly managedGroups: Readonly<Record<ManagedGroup, ManagedGroupMode>>;

  /** Ceilings by claimed tier: for each key, and for each address without a key. */
  readonly tiers: Readonly<Record<Tier, RateLimit>>;

  /** Limits for single paths, for each address. */
  readonly pathLimits: readonly PathLimit[];

  /** What one address may do in all. */
  readonly addressCeiling: RateLimit;
}
