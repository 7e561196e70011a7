import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Thrown at synth when the props of a construct cannot work. Lists every problem, not only the first. */
class InvalidPropsError extends Error {
  public override readonly name = 'InvalidPropsError';

  public constructor(
    scope: IConstruct,
    /** One sentence per problem: the prop, the rule, the value, the way out. */
    public readonly problems: readonly string[],
  ) {
    super(`invalid props at '${scope.node.path}':\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** Throws one {@link InvalidPropsError} that lists all `problems`; does nothing when there are none. */
export function assertNoProblems(scope: IConstruct, problems: readonly string[]): void {
  if (problems.length > 0) throw new InvalidPropsError(scope, problems);
}

/** Problems with `value`, or none when it is absent or only known at deploy time. */
export function inRange(name: string, value: number | undefined, min: number, max: number): string[] {
  if (value === undefined || Token.isUnresolved(value)) return [];
  return value >= min && value <= max ? [] : [`\`${name}\` must be between ${min} and ${max}, got ${value}`];
}

/** Problems with a whole number, or none when it is absent or only known at deploy time. */
export function integerInRange(name: string, value: number | undefined, min: number, max: number): string[] {
  if (value === undefined || Token.isUnresolved(value)) return [];
  if (!Number.isInteger(value)) return [`\`${name}\` must be a whole number, got ${value}`];
  return inRange(name, value, min, max);
}

/** Problems with a duration in whole seconds, or none when it is absent or only known at deploy time. */
export function secondsInRange(name: string, value: Duration | undefined, min: number, max: number): string[] {
  if (value === undefined || value.isUnresolved()) return [];
  return inRange(`${name} (seconds)`, value.toSeconds({ integral: false }), min, max);
}
