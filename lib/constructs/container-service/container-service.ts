import { Duration, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { assertNoProblems, inRange, integerInRange } from '../../shared/validation';
import type { ServiceTarget } from '../load-balancer/service-target';
import { type DeploymentStrategy, deploymentProblems, deploymentProps, shiftsTraffic } from './deployment';
import { fargateTask, type HardenedContainerProps, hardenedContainer, type TaskSize } from './hardened-task';
import { fleetProblems } from './task-fleet';
import { TraceCollector, type TraceSampling, tracingEnvironment } from './trace-collector';

/** What an environment decides about its containers. */
export interface ContainerServiceSettings extends TaskSize {
  /** Fewest tasks, also without traffic. */
  readonly minTasks: number;

  /** Most tasks. */
  readonly maxTasks: number;

  /**
   * Of each ten tasks beyond the first `minTasks`, how many run on Spot capacity: 0 to 9. The first `minTasks` are
   * always on demand, and a provider of weight 0 places no tasks, so one in ten stays on demand too:
   * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
   */
  readonly spotTasksInTen: number;

  /** How a new version replaces the old one. */
  readonly deployment: DeploymentStrategy;

  /** How long the service's logs are kept. */
  readonly logRetention: logs.RetentionDays;

  /** Which requests are traced to X-Ray, or `'none'`. */
  readonly tracing: TraceSampling | 'none';
}

export interface ContainerServiceProps extends ContainerServiceSettings, Omit<HardenedContainerProps, 'logRetention'> {
  /** The cluster that the service runs in. */
  readonly cluster: ecs.ICluster;

  /** The subnets of the tasks. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /** What ECS runs in the container to learn whether it is alive, in exec form; exit code 0 means yes. */
  readonly healthCheckCommand: readonly string[];

  /** The port that the container listens on; it finds it in the variable `PORT`. */
  readonly port: number;

  /** Where the tasks register. */
  readonly target: ServiceTarget;

  /**
   * Alarms that take a deployment back when one of them goes off while it is under way. What they watch must not depend
   * on this service.
   *
   * @default - only tasks that do not become healthy take it back, and for certain only in rolling deployments
   */
  readonly deploymentAlarms?: readonly cloudwatch.IAlarm[];

  /**
   * Whether CPU and memory are published every 20 seconds instead of every minute.
   *
   * @default true
   */
  readonly highResolutionMetrics?: boolean;

  /**
   * Plain settings for the container; never secrets.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A Fargate service on ARM64 that rolls back by itself, drains gracefully and never states a desired count. */
export class ContainerService extends Construct implements ec2.IConnectable {
  /** The underlying service. */
  public readonly service: ecs.FargateService;

  /** The container that serves. */
  public readonly container: ecs.ContainerDefinition;

  /** The bounds that scaling moves within. */
  public readonly scaling: ecs.ScalableTaskCount;

  public readonly connections: ec2.Connections;

  public constructor(scope: Construct, id: string, props: ContainerServiceProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));

    const taskDefinition = fargateTask(this, 'Task', props);
    this.container = this.addContainer(taskDefinition, props);
    if (props.tracing !== 'none') new TraceCollector(this, 'Traces', { ...props, taskDefinition });
    this.service = this.createService(taskDefinition, props);
    this.connections = this.service.connections;
    this.register(props);
    this.scaling = this.service.autoScaleTaskCount({ minCapacity: props.minTasks, maxCapacity: props.maxTasks });
    if (props.highResolutionMetrics ?? true) this.publishEveryTwentySeconds();
  }

  /** CPU that the running tasks use, in percent of what they reserve. Average over 1 minute. */
  public metricCpuUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metricCpuUtilization({
      statistic: cloudwatch.Stats.AVERAGE,
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** Memory that the running tasks use, in percent of what they reserve. Average over 1 minute. */
  public metricMemoryUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metricMemoryUtilization({
      statistic: cloudwatch.Stats.AVERAGE,
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** CPU of the busiest task as a multiple of the mean over all; 1 while the mean is below 10 %. */
  public metricTaskImbalance(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return new cloudwatch.MathExpression({
      expression: 'IF(mean >= 10, busiest / mean, 1)',
      usingMetrics: {
        mean: this.metricCpuUtilization(),
        busiest: this.metricCpuUtilization({ statistic: cloudwatch.Stats.MAXIMUM }),
      },
      label: 'busiest task, multiple of the mean',
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** Deployments that are there: one at rest, more while one replaces another. Needs Container Insights. Maximum. */
  public metricDeploymentCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'ECS/ContainerInsights',
      metricName: 'DeploymentCount',
      dimensionsMap: { ClusterName: this.service.cluster.clusterName, ServiceName: this.service.serviceName },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** Target tracking that reacts in about 90 seconds instead of six minutes stands on these metrics. */
  private publishEveryTwentySeconds(): void {
    // L2 has no prop for it: https://github.com/aws/aws-cdk/issues/38207
    const service = this.service.node.findChild('Service') as ecs.CfnService;
    service.monitoring = {
      metricConfigurations: [{ metricNames: ['CPUUtilization', 'MemoryUtilization'], resolutionSeconds: 20 }],
    };
  }

  private addContainer(task: ecs.FargateTaskDefinition, props: ContainerServiceProps): ecs.ContainerDefinition {
    const container = task.addContainer('Web', {
      ...hardenedContainer(this, 'web', props),
      environment: {
        PORT: String(props.port),
        ...(props.tracing === 'none' ? {} : tracingEnvironment(props.tracing)),
        ...props.environment,
      },
      portMappings: [{ name: 'http', containerPort: props.port, appProtocol: ecs.AppProtocol.http }],
      healthCheck: {
        command: ['CMD', ...props.healthCheckCommand],
        interval: Duration.seconds(10),
        timeout: Duration.seconds(3),
        retries: 3,
        startPeriod: Duration.seconds(30),
      },
    });
    container.addUlimits({ name: ecs.UlimitName.NOFILE, softLimit: 65_536, hardLimit: 65_536 });
    return container;
  }

  private createService(taskDefinition: ecs.FargateTaskDefinition, props: ContainerServiceProps): ecs.FargateService {
    return new ecs.FargateService(this, 'Resource', {
      cluster: props.cluster,
      taskDefinition,
      vpcSubnets: props.vpcSubnets,
      capacityProviderStrategies: capacityProviders(props),
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
      healthCheckGracePeriod: Duration.seconds(60),
      // Documented for rolling deployments; AWS's own examples of others have it too.
      circuitBreaker: { enable: true, rollback: true },
      ...goesBackOn(props.deploymentAlarms ?? []),
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
      ...deploymentProps(props.deployment),
    });
  }

  private register({ port, target }: ContainerServiceProps): void {
    const { alternate } = target;
    this.service
      .loadBalancerTarget({
        containerName: this.container.containerName,
        containerPort: port,
        ...(alternate && {
          alternateTarget: new ecs.AlternateTarget('Alternate', {
            alternateTargetGroup: alternate.targetGroup,
            productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(alternate.productionRule),
          }),
        }),
      })
      .attachToApplicationTargetGroup(target.targetGroup);
    Validations.of(this.service).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers]',
      reason: 'the policy that AWS keeps for exactly this: ECS moves rules and targets during a deployment',
    });
  }
}

function goesBackOn(alarms: readonly cloudwatch.IAlarm[]): Pick<ecs.FargateServiceProps, 'deploymentAlarms'> {
  if (alarms.length === 0) return {};
  const alarmNames = alarms.map(({ alarmName }) => alarmName);
  return { deploymentAlarms: { alarmNames, behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM } };
}

/** The on-demand base carries the minimum; Spot, when allowed, takes its share of what comes on top. */
function capacityProviders({ minTasks, spotTasksInTen }: ContainerServiceProps): ecs.CapacityProviderStrategy[] {
  const onDemand = { capacityProvider: 'FARGATE', base: minTasks, weight: 10 - spotTasksInTen };
  return spotTasksInTen === 0 ? [onDemand] : [onDemand, { capacityProvider: 'FARGATE_SPOT', weight: spotTasksInTen }];
}

function validate(props: ContainerServiceProps): string[] {
  return [
    ...fleetProblems(props),
    ...integerInRange('spotTasksInTen', props.spotTasksInTen, 0, 9),
    ...deploymentProblems(props.deployment),
    ...(props.tracing === 'none' ? [] : inRange('tracing.samplePercent', props.tracing.samplePercent, 0, 100)),
    ...(shiftsTraffic(props.deployment) && props.target.alternate === undefined
      ? [
          `\`deployment\` ${props.deployment.kind} needs two target groups, got one; ` +
            'set `shiftsTraffic` on the load balancer or use rolling',
        ]
      : []),
  ];
}
