import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ContainerCluster } from '../../../lib/constructs/container-service/container-cluster';
import { WorkerService, type WorkerServiceProps } from '../../../lib/constructs/container-service/worker-service';
import { WorkerScaling, type WorkerScalingProps } from '../../../lib/constructs/scaling/worker-scaling';
import { newVpc, synthesizedTemplate } from '../synthesized-template';

interface Change {
  readonly service?: Partial<WorkerServiceProps>;
  readonly scaling?: Partial<WorkerScalingProps>;
}

// A message takes two seconds and may wait a minute; a worker handles four at a time: 120 may wait for each worker.
const scaled = (change: Change = {}): Template =>
  synthesizedTemplate((stack) => {
    const workers = new WorkerService(stack, 'Workers', {
      cluster: new ContainerCluster(stack, 'Cluster', { vpc: newVpc(stack) }).cluster,
      vpcSubnets: { subnetGroupName: 'private' },
      image: ecs.ContainerImage.fromRegistry('example/image'),
      command: ['/node', '/worker.js'],
      user: '65532:65532',
      cpu: 256,
      memoryMiB: 512,
      minTasks: 1,
      maxTasks: 20,
      logRetention: RetentionDays.ONE_WEEK,
      ...change.service,
    });
    new WorkerScaling(stack, 'Scaling', {
      workers,
      queue: new sqs.Queue(stack, 'Queue'),
      maxWait: Duration.minutes(1),
      messageTime: Duration.seconds(2),
      concurrency: 4,
      ...change.scaling,
    });
  });

const ALARM = 'AWS::CloudWatch::Alarm';
const metric = (Id: string, MetricName: string, Stat: string) =>
  Match.objectLike({
    Id,
    MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName }), Period: 60, Stat }),
    ReturnData: false,
  });

describe('workers', () => {
  test('run on Spot beyond an on-demand base, and get the two minutes that Spot gives', () => {
    const template = scaled();
    template.hasResourceProperties('AWS::ECS::Service', {
      CapacityProviderStrategy: [
        { CapacityProvider: 'FARGATE', Base: 1, Weight: 1 },
        { CapacityProvider: 'FARGATE_SPOT', Weight: 9 },
      ],
      DesiredCount: Match.absent(),
      LoadBalancers: [],
    });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          StopTimeout: 120,
          EntryPoint: ['/node', '/worker.js'],
          ReadonlyRootFilesystem: true,
          User: '65532:65532',
          LinuxParameters: Match.objectLike({ InitProcessEnabled: true }),
        }),
      ],
    });
  });

  test('may move between their bounds', () => {
    scaled().hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 20 });
  });

  test.each<[string, Partial<WorkerServiceProps>, string]>([
    ['no worker', { minTasks: 0 }, '`minTasks` must be between 1 and 5000, got 0'],
    ['min above max', { minTasks: 21 }, '`minTasks` must not be above `maxTasks`, got 21 and 20'],
    ['an illegal size', { memoryMiB: 768 }, '`memoryMiB` with 256 CPU units must be one of 512, 1024, 2048, got 768'],
    ['root', { user: '0' }, "`user` must not be root, got 0; name the image's own user"],
    ['nothing to run', { command: [] }, '`command` must name what to run, got an empty list'],
    [
      'more time to stop than Fargate gives',
      { stopTimeout: Duration.seconds(121) },
      '`stopTimeout (seconds)` must be between 1 and 120, got 121',
    ],
  ])('fails with %s', (_case, service, message) => {
    expect(() => scaled({ service })).toThrow(message);
  });
});

describe('backlog', () => {
  test('per task above what one handles within the longest wait adds workers after three minutes', () => {
    scaled().hasResourceProperties(ALARM, {
      Threshold: 120,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      TreatMissingData: 'notBreaching',
      Metrics: [
        Match.objectLike({ Expression: 'waiting / tasks', ReturnData: true }),
        metric('waiting', 'ApproximateNumberOfMessagesVisible', 'Maximum'),
        metric('tasks', 'CPUUtilization', 'SampleCount'),
      ],
    });
  });

  test('adds half the fleet, the whole fleet from twice the backlog, and at least one worker', () => {
    scaled().hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'PercentChangeInCapacity',
        MinAdjustmentMagnitude: 1,
        Cooldown: 180,
        MetricAggregationType: 'Average',
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 120, ScalingAdjustment: 50 },
          { MetricIntervalLowerBound: 120, ScalingAdjustment: 100 },
        ],
      },
    });
  });

  test('of hardly anything, work under way included, removes a fifth after ten minutes', () => {
    const template = scaled();
    template.hasResourceProperties(ALARM, {
      Threshold: 12,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 10,
      DatapointsToAlarm: 10,
      TreatMissingData: 'notBreaching',
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: '(waiting + handled) / tasks', ReturnData: true }),
        metric('handled', 'ApproximateNumberOfMessagesNotVisible', 'Maximum'),
      ]),
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'PercentChangeInCapacity',
        MinAdjustmentMagnitude: 1,
        Cooldown: 300,
        StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -20 }],
      },
    });
  });

  test.each<[string, Partial<WorkerScalingProps>, string]>([
    [
      'a wait in which not one message is handled',
      { maxWait: Duration.seconds(1), concurrency: 1 },
      '`maxWait` must not be shorter than `messageTime` / `concurrency`, got 1 second and 2 seconds / 1; not even one ' +
        'message could wait',
    ],
    ['no pause', { outCooldown: Duration.seconds(0) }, '`outCooldown (seconds)` must be between 10 and 3600, got 0'],
    ['an evaluation longer than a day', { inMinutes: 1441 }, '`inMinutes` must be between 1 and 1440, got 1441'],
  ])('fails with %s', (_case, scaling, message) => {
    expect(() => scaled({ scaling })).toThrow(message);
  });
});
