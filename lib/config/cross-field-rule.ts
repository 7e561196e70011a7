import type { PlatformConfig } from './platform-config';

/** A rule between fields. It runs when everything that it reads is sound by itself. */
export interface CrossFieldRule {
  /** Paths of sections or of single settings, such as `database` or `primary.region`; the narrower, the more is found at once. */
  readonly reads: readonly (keyof PlatformConfig | `${keyof PlatformConfig}.${string}`)[];
  /** Problems, each one sentence: the fields, the rule, the values, the way out. */
  readonly problems: (config: PlatformConfig) => readonly string[];
}

/** `problem` when a rule is broken. */
export const when = (broken: boolean, problem: string): string[] => (broken ? [problem] : []);
