import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { inRange } from '../../shared/validation';

/**
 * How a new version replaces the old one. All but `rolling` shift traffic between two target groups, and keep the old
 * version ready for as long as the new one bakes: going back is then a matter of weights.
 */
export type DeploymentStrategy =
  | { readonly kind: 'rolling' }
  | {
      readonly kind: 'canary';
      /** Share of traffic that the new version gets first, 0.1 to 100. */
      readonly stepPercent: number;
      /** How long it has to prove itself before it gets the rest, and again with all of it. */
      readonly bakeTime: Duration;
    }
  | {
      readonly kind: 'linear';
      /** Share of traffic that each step adds, 3 to 100. */
      readonly stepPercent: number;
      /** How long it has to prove itself after each step. */
      readonly bakeTime: Duration;
    }
  | {
      readonly kind: 'blue-green';
      /** How long it has to prove itself after all traffic has moved. */
      readonly bakeTime: Duration;
    };

/**
 * Two whole minutes that the alarms of a deployment look at, up to one until the first of them begins, and two until
 * CloudWatch knows the last. A version that bakes for less is judged by nothing.
 */
const SHORTEST_BAKE = Duration.minutes(5);
const LONGEST_BAKE = Duration.days(1);
/** CloudFormation refuses to wait longer: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-canaryconfiguration.html */
const LONGEST_DEPLOYMENT = Duration.hours(33);

/** Whether deployments of this kind need a second target group. */
export function shiftsTraffic(strategy: DeploymentStrategy): boolean {
  return strategy.kind !== 'rolling';
}

/** The strategy in the words of the ECS service. */
export function deploymentProps(
  strategy: DeploymentStrategy,
): Pick<ecs.FargateServiceProps, 'deploymentStrategy' | 'canaryConfiguration' | 'linearConfiguration' | 'bakeTime'> {
  if (strategy.kind === 'rolling') return { deploymentStrategy: ecs.DeploymentStrategy.ROLLING };
  // Of all traffic too: what ECS takes when nobody says it, AWS documents as none and as 36 hours.
  const { bakeTime } = strategy;
  switch (strategy.kind) {
    case 'canary':
      return { deploymentStrategy: ecs.DeploymentStrategy.CANARY, canaryConfiguration: shift(strategy), bakeTime };
    case 'linear':
      return { deploymentStrategy: ecs.DeploymentStrategy.LINEAR, linearConfiguration: shift(strategy), bakeTime };
    case 'blue-green':
      return { deploymentStrategy: ecs.DeploymentStrategy.BLUE_GREEN, bakeTime };
  }
}

function shift({ stepPercent, bakeTime }: { stepPercent: number; bakeTime: Duration }): ecs.TrafficShiftConfig {
  return { stepPercent, stepBakeTime: bakeTime };
}

/** Ranges: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export function deploymentProblems(strategy: DeploymentStrategy): string[] {
  if (strategy.kind === 'rolling') return [];
  const minutes = strategy.bakeTime.toMinutes({ integral: false });
  const baking = bakes(strategy) * minutes;
  return [
    ...(strategy.kind === 'blue-green'
      ? []
      : inRange('deployment.stepPercent', strategy.stepPercent, strategy.kind === 'linear' ? 3 : 0.1, 100)),
    ...inRange('deployment.bakeTime (minutes)', minutes, SHORTEST_BAKE.toMinutes(), LONGEST_BAKE.toMinutes()),
    ...(baking > LONGEST_DEPLOYMENT.toMinutes()
      ? [
          `\`deployment.bakeTime\` must not add up to more than ${LONGEST_DEPLOYMENT.toHours()} hours, ` +
            `got ${bakes(strategy)} × ${minutes} minutes; shorten it or take fewer steps`,
        ]
      : []),
  ];
}

/** How often a new version bakes until the old one goes. */
function bakes(strategy: Exclude<DeploymentStrategy, { readonly kind: 'rolling' }>): number {
  if (strategy.kind === 'blue-green') return 1;
  return strategy.kind === 'canary' ? 2 : Math.ceil(100 / strategy.stepPercent);
}
