import type { PlatformConfig } from './platform-config';

/** A rule between fields. It runs when the sections that it reads are sound by themselves. */
export interface CrossFieldRule {
  readonly reads: readonly (keyof PlatformConfig)[];
  /** Problems, each one sentence: the fields, the rule, the values, the way out. */
  readonly problems: (config: PlatformConfig) => readonly string[];
}

/** `problem` when a rule is broken. */
export const when = (broken: boolean, problem: string): string[] => (broken ? [problem] : []);
