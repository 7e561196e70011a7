import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { assertNoProblems, integerInRange } from '../../shared/validation';
import { fargateTask, type HardenedContainerProps, hardenedContainer, type TaskSize } from './hardened-task';
import { fleetProblems } from './task-fleet';

export interface WorkerServiceProps extends TaskSize, Omit<HardenedContainerProps, 'stopTimeout'> {
  /** The cluster that the workers run in. */
  readonly cluster: ecs.ICluster;

  /** The subnets of the tasks. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /** What to run in the image, in exec form. */
  readonly command: readonly string[];

  /** Fewest workers, also without work; at least 1, because a service without tasks publishes no task count. */
  readonly minTasks: number;

  /** Most workers. */
  readonly maxTasks: number;

  /**
   * The first workers, which run on demand; nine of ten beyond them run on Spot and may be interrupted.
   *
   * @default 1
   */
  readonly onDemandTasks?: number;

  /**
   * Time between SIGTERM and SIGKILL. Spot gives two minutes of warning, the longest that Fargate waits.
   *
   * @default Duration.minutes(2)
   */
  readonly stopTimeout?: Duration;

  /**
   * Plain settings for the container; never secrets.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Fargate tasks that take work from a queue: on Spot beyond an on-demand base, behind no load balancer. */
export class WorkerService extends Construct implements ec2.IConnectable {
  /** The underlying service. */
  public readonly service: ecs.FargateService;

  /** The only container of a task. */
  public readonly container: ecs.ContainerDefinition;

  /** The bounds that scaling moves within. */
  public readonly scaling: ecs.ScalableTaskCount;

  public readonly connections: ec2.Connections;

  public constructor(scope: Construct, id: string, props: WorkerServiceProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));

    const taskDefinition = fargateTask(this, 'Task', props);
    this.container = taskDefinition.addContainer('Worker', {
      ...hardenedContainer(this, 'worker', { ...props, stopTimeout: props.stopTimeout ?? Duration.minutes(2) }),
      // Not `command`: an image that has an entry point of its own would take it for arguments.
      entryPoint: [...props.command],
      environment: { ...props.environment },
    });
    this.service = new ecs.FargateService(this, 'Resource', {
      cluster: props.cluster,
      taskDefinition,
      vpcSubnets: props.vpcSubnets,
      capacityProviderStrategies: [
        { capacityProvider: 'FARGATE', base: props.onDemandTasks ?? 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 9 },
      ],
      // Work waits in the queue meanwhile, so a deployment need not double the fleet. A fleet of one it must: ECS rounds
      // half a task up and one and a half down, and could neither stop the old one nor start the new one.
      minHealthyPercent: 50,
      maxHealthyPercent: props.minTasks === 1 ? 200 : 150,
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
      circuitBreaker: { enable: true, rollback: true },
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
    });
    this.connections = this.service.connections;
    this.scaling = this.service.autoScaleTaskCount({ minCapacity: props.minTasks, maxCapacity: props.maxTasks });
  }

  /**
   * Running tasks: each reports its CPU once a minute, so the number of samples is the number of tasks. Costs nothing,
   * unlike Container Insights. Sample count over 1 minute.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html
   */
  public metricRunningTasks(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metricCpuUtilization({
      statistic: cloudwatch.Stats.SAMPLE_COUNT,
      period: Duration.minutes(1),
      ...options,
    });
  }
}

function validate(props: WorkerServiceProps): string[] {
  return [
    ...fleetProblems(props),
    ...integerInRange('onDemandTasks', props.onDemandTasks, 0, 5000),
    ...(props.command.length === 0 ? ['`command` must name what to run, got an empty list'] : []),
  ];
}
