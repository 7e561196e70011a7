import type { Duration } from 'aws-cdk-lib';
import { integerInRange, secondsInRange } from '../../shared/validation';
import { rootProblems, type TaskSize } from './hardened-task';
import { taskSizeProblems } from './task-size';

/** Tasks that are all alike, and how many of them there may be. */
export interface TaskFleet extends TaskSize {
  /** Fewest tasks. */
  readonly minTasks: number;

  /** Most tasks. */
  readonly maxTasks: number;

  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeout?: Duration;

  /** The user that they run as. */
  readonly user: string;
}

/** What Fargate, ECS or the platform would not run, each as one sentence. */
export function fleetProblems({ cpu, memoryMiB, minTasks, maxTasks, stopTimeout, user }: TaskFleet): string[] {
  return [
    ...taskSizeProblems(cpu, memoryMiB),
    ...integerInRange('minTasks', minTasks, 1, 5000),
    ...integerInRange('maxTasks', maxTasks, 1, 5000),
    ...(minTasks > maxTasks ? [`\`minTasks\` must not be above \`maxTasks\`, got ${minTasks} and ${maxTasks}`] : []),
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html: stopTimeout, Fargate
    ...secondsInRange('stopTimeout', stopTimeout, 1, 120),
    ...rootProblems(user),
  ];
}
