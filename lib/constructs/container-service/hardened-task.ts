import type { Duration } from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Size of a task. */
export interface TaskSize {
  /** CPU of a task in CPU units, 1024 = one vCPU. */
  readonly cpu: number;

  /** Memory of a task in MiB. */
  readonly memoryMiB: number;
}

/** What every container of the platform says about itself. */
export interface HardenedContainerProps {
  /** The image to run; it needs no writable file system. */
  readonly image: ecs.ContainerImage;

  /** The unprivileged user of the image, such as `65532:65532`. */
  readonly user: string;

  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeout: Duration;

  /** How long the logs are kept. */
  readonly logRetention: logs.RetentionDays;
}

/** A Fargate task on ARM64. */
export function fargateTask(scope: Construct, id: string, { cpu, memoryMiB }: TaskSize): ecs.FargateTaskDefinition {
  const taskDefinition = new ecs.FargateTaskDefinition(scope, id, {
    cpu,
    memoryLimitMiB: memoryMiB,
    runtimePlatform: {
      cpuArchitecture: ecs.CpuArchitecture.ARM64,
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
    },
  });
  Validations.of(taskDefinition).acknowledge({
    id: 'AwsSolutions-ECS2',
    reason: 'environment variables hold plain settings and names; credentials come from IAM and Secrets Manager',
  });
  Validations.of(taskDefinition.obtainExecutionRole()).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'ecr:GetAuthorizationToken has no resource to name; every other permission of the role names its own',
  });
  return taskDefinition;
}

/** The options of a container that runs unprivileged on a read-only file system and stops when it is told to. */
export function hardenedContainer(
  scope: Construct,
  streamPrefix: string,
  { image, user, stopTimeout, logRetention }: HardenedContainerProps,
): ecs.ContainerDefinitionOptions {
  return {
    image,
    user,
    stopTimeout,
    essential: true,
    readonlyRootFilesystem: true,
    // Reaps zombies and hands SIGTERM on to the process.
    linuxParameters: new ecs.LinuxParameters(scope, 'LinuxParameters', { initProcessEnabled: true }),
    logging: ecs.LogDrivers.awsLogs({
      streamPrefix,
      logGroup: new logs.LogGroup(scope, 'Logs', { retention: logRetention }),
      // A slow log service must not stop the work.
      mode: ecs.AwsLogDriverMode.NON_BLOCKING,
    }),
  };
}

/** Problems with the container, each as one sentence. */
export function rootProblems(user: string): string[] {
  return /^(0|root)(:|$)/.test(user) ? [`\`user\` must not be root, got ${user}; name the image's own user`] : [];
}
