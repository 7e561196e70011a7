import { shape } from './checks';
import type { PlatformConfig } from './platform-config';
import { CROSS_FIELD_RULES } from './rules';
import { PLATFORM_SHAPE } from './schema';

/** A configuration that cannot work. Lists every problem, not only the first. */
export class InvalidConfigError extends Error {
  public override readonly name = 'InvalidConfigError';

  public constructor(
    configName: string,
    /** One sentence per problem: the field, the rule, the value, the way out. */
    public readonly problems: readonly string[],
  ) {
    const lines = problems.map((problem) => `  - ${problem}`).join('\n');
    super(`invalid configuration '${configName}' (lib/config/${configName}.ts):\n${lines}`);
  }
}

/** The setting that a problem is about: every problem begins with its path. */
const pathOf = (problem: string): string => /^`([^`]+)`/.exec(problem)?.[1] ?? '';

/** Whether one of two paths contains the other: `primary` and `primary.region`, but not `primary.region` and `primary.account`. */
function overlap(one: string, other: string): boolean {
  const [outer, inner] = one.length <= other.length ? [one, other] : [other, one];
  return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}

/**
 * Returns `config` when it can work.
 *
 * @throws InvalidConfigError with every problem: each setting by itself, then the rules between settings that are sound.
 */
export function validateConfig(config: unknown): PlatformConfig {
  const candidate = (typeof config === 'object' && config !== null ? config : {}) as PlatformConfig;
  const alone = shape<PlatformConfig>(PLATFORM_SHAPE)(config, '');
  const unsound = alone.map(pathOf);
  const sound = (path: string): boolean => !unsound.some((other) => other === 'config' || overlap(path, other));
  const between = CROSS_FIELD_RULES.filter(({ reads }) => reads.every(sound)).flatMap((rule) =>
    rule.problems(candidate),
  );
  const problems = [...alone, ...between];
  if (problems.length === 0) return candidate;
  throw new InvalidConfigError(typeof candidate.name === 'string' ? candidate.name : 'unnamed', problems);
}
