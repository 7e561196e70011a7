import type { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { inRange } from '../../shared/validation';

/** How a new version replaces the old one. All but `rolling` shift traffic between two target groups. */
export type DeploymentStrategy =
  | { readonly kind: 'rolling' }
  | {
      readonly kind: 'canary';
      /** Share of traffic that the new version gets first, 0.1 to 100. */
      readonly stepPercent: number;
      /** How long it has to prove itself before it gets the rest. */
      readonly bakeTime: Duration;
    }
  | {
      readonly kind: 'linear';
      /** Share of traffic that each step adds, 3 to 100. */
      readonly stepPercent: number;
      /** Pause between two steps. */
      readonly bakeTime: Duration;
    }
  | {
      readonly kind: 'blue-green';
      /** How long the old version stays ready after all traffic has moved. */
      readonly bakeTime: Duration;
    };

/** Whether deployments of this kind need a second target group. */
export function shiftsTraffic(strategy: DeploymentStrategy): boolean {
  return strategy.kind !== 'rolling';
}

/** The strategy in the words of the ECS service. */
export function deploymentProps(
  strategy: DeploymentStrategy,
): Pick<ecs.FargateServiceProps, 'deploymentStrategy' | 'canaryConfiguration' | 'linearConfiguration' | 'bakeTime'> {
  switch (strategy.kind) {
    case 'rolling':
      return { deploymentStrategy: ecs.DeploymentStrategy.ROLLING };
    case 'canary':
      return { deploymentStrategy: ecs.DeploymentStrategy.CANARY, canaryConfiguration: shift(strategy) };
    case 'linear':
      return { deploymentStrategy: ecs.DeploymentStrategy.LINEAR, linearConfiguration: shift(strategy) };
    case 'blue-green':
      return { deploymentStrategy: ecs.DeploymentStrategy.BLUE_GREEN, bakeTime: strategy.bakeTime };
  }
}

function shift({ stepPercent, bakeTime }: { stepPercent: number; bakeTime: Duration }): ecs.TrafficShiftConfig {
  return { stepPercent, stepBakeTime: bakeTime };
}

/** Ranges: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export function deploymentProblems(strategy: DeploymentStrategy): string[] {
  if (strategy.kind === 'rolling') return [];
  const minimumStep = strategy.kind === 'linear' ? 3 : 0.1;
  return [
    ...(strategy.kind === 'blue-green'
      ? []
      : inRange('deployment.stepPercent', strategy.stepPercent, minimumStep, 100)),
    ...inRange('deployment.bakeTime (minutes)', strategy.bakeTime.toMinutes({ integral: false }), 0, 1440),
  ];
}
