import type { ResolvedPolicy } from './policy';
import type { CacheTier, LoadContext, Loader } from './types';

/** One key that is wanted, with all that it takes to get it. */
export interface Wanted {
  readonly name: string;
  readonly policy: ResolvedPolicy;
  readonly tags: readonly string[];
  readonly within: LoadContext | undefined;
  /** The journal's position when the wish began. */
  readonly since: number;
  readonly load: Loader<unknown>;
}

export interface Answer {
  /** `undefined`: there is no such thing. */
  readonly value: unknown;
  readonly tier: CacheTier;
  /** The load was another request's. */
  readonly shared?: boolean;
}
