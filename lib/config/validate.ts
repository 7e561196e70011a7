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

/**
 * Returns `config` when it can work.
 *
 * @throws InvalidConfigError with every problem: each field by itself, then the rules between fields whose sections
 * are sound.
 */
export function validateConfig(config: unknown): PlatformConfig {
  const candidate = (typeof config === 'object' && config !== null ? config : {}) as PlatformConfig;
  const whole = shape<PlatformConfig>(PLATFORM_SHAPE)(config, '');
  const sound = (section: keyof PlatformConfig): boolean =>
    PLATFORM_SHAPE[section](candidate[section], '').length === 0;
  const between = CROSS_FIELD_RULES.filter(({ reads }) => reads.every(sound)).flatMap((rule) =>
    rule.problems(candidate),
  );
  const problems = [...whole, ...between];
  if (problems.length === 0) return candidate;
  throw new InvalidConfigError(typeof candidate.name === 'string' ? candidate.name : 'unnamed', problems);
}
