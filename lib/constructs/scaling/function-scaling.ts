import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { assertNoProblems, inRange, integerInRange } from '../../shared/validation';
import { addScheduledMinimum, type ScheduledMinimum, scheduleProblems } from './scheduled-minimum';

/** Warm instances of a function. */
export interface ProvisionedConcurrency {
  /** Fewest warm instances, also without traffic. */
  readonly min: number;

  /** Most warm instances. */
  readonly max: number;

  /** Share of the warm instances in use that is aimed at, in percent: 10 to 90. */
  readonly targetPercent: number;

  /** Higher minimums for a part of the day. */
  readonly schedules: readonly ScheduledMinimum[];
}

export interface FunctionScalingProps {
  /** The function; callers use {@link FunctionScaling.alias}. */
  readonly function: lambda.Function;

  /**
   * Concurrent executions that belong to this function alone: nobody else can take them, and it cannot take more.
   * For functions that must always run, and for functions that would exhaust the database.
   *
   * @default - the function shares the account's pool
   */
  readonly reservedConcurrency?: number;

  /**
   * Warm instances.
   *
   * @default - none; every new instance starts cold
   */
  readonly provisioned?: ProvisionedConcurrency;
}

/** How many instances of a function run at once, and how many of them are warm. */
export class FunctionScaling extends Construct {
  /** What callers invoke: the version that the warm instances belong to. */
  public readonly alias: lambda.Alias;

  public constructor(scope: Construct, id: string, props: FunctionScalingProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));
    const { function: fn, reservedConcurrency, provisioned } = props;

    if (reservedConcurrency !== undefined) {
      // The L2 takes it in its constructor only, and scaling is decided here.
      (fn.node.defaultChild as lambda.CfnFunction).reservedConcurrentExecutions = reservedConcurrency;
    }
    this.alias = new lambda.Alias(this, 'Live', {
      aliasName: 'live',
      version: fn.currentVersion,
      ...(provisioned && { provisionedConcurrentExecutions: provisioned.min }),
    });
    if (provisioned !== undefined) scale(this.alias, provisioned);
  }
}

function scale(alias: lambda.Alias, { min, max, targetPercent, schedules }: ProvisionedConcurrency): void {
  const target = alias.addAutoScaling({ minCapacity: min, maxCapacity: max });
  target.scaleOnUtilization({ utilizationTarget: targetPercent / 100 });
  for (const schedule of schedules) addScheduledMinimum(target, schedule, min);
}

function validate({ reservedConcurrency, provisioned }: FunctionScalingProps): string[] {
  const reserved = integerInRange('reservedConcurrency', reservedConcurrency, 1, 1_000_000);
  if (provisioned === undefined) return reserved;
  const { min, max, targetPercent, schedules } = provisioned;
  return [
    ...reserved,
    ...integerInRange('provisioned.min', min, 1, 1_000_000),
    ...integerInRange('provisioned.max', max, 1, 1_000_000),
    // https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    ...inRange('provisioned.targetPercent', targetPercent, 10, 90),
    ...(min > max ? [`\`provisioned.min\` must not be above \`provisioned.max\`, got ${min} and ${max}`] : []),
    ...(reservedConcurrency !== undefined && max > reservedConcurrency
      ? [
          `\`provisioned.max\` must not be above \`reservedConcurrency\`, got ${max} and ${reservedConcurrency}; ` +
            'warm instances come out of the reserved ones',
        ]
      : []),
    ...scheduleProblems(schedules, min, max),
  ];
}
