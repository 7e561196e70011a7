import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { simulate } from '../../../../analysis/rehearsal/simulation/simulate';
import { readServices } from '../../../../analysis/rehearsal/template/read-service';
import { steady, withSurge } from '../../../../analysis/rehearsal/traffic/traffic';
import { loadAssembly } from '../../../../analysis/template';
import { input } from '../simulation/inputs';

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-read-service-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

/** What a person writes by hand: short, with a literal resource id in the policy and YAML-like defaults left out. */
function byHand(): Resources {
  return {
    Cluster: { Type: 'AWS::ECS::Cluster', Properties: {} },
    Group: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: { TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '60' }] },
    },
    Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '512', Memory: '1024' } },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        Cluster: { Ref: 'Cluster' },
        TaskDefinition: { Ref: 'Task' },
        LoadBalancers: [{ TargetGroupArn: { Ref: 'Group' } }],
        DeploymentConfiguration: { MinimumHealthyPercent: 50, MaximumPercent: 150 },
      },
    },
    Target: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: { 'Fn::Join': ['/', ['service', { Ref: 'Cluster' }, { 'Fn::GetAtt': ['Service', 'Name'] }]] },
        MinCapacity: 2,
        MaxCapacity: 12,
        ScheduledActions: [
          {
            ScheduledActionName: 'morning',
            Schedule: 'cron(0 8 * * ? *)',
            Timezone: 'Europe/Berlin',
            ScalableTargetAction: { MinCapacity: 6 },
          },
        ],
      },
    },
    Policy: {
      Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      Properties: {
        PolicyType: 'StepScaling',
        ScalingTargetId: { Ref: 'Target' },
        StepScalingPolicyConfiguration: {
          AdjustmentType: 'PercentChangeInCapacity',
          MinAdjustmentMagnitude: 2,
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 50 }],
        },
      },
    },
    Busy: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmActions: [{ Ref: 'Policy' }],
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
        Threshold: 65,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'ignore',
      },
    },
  };
}

function read(resources: Resources) {
  const file = path.join(folder, 'template.json');
  writeFileSync(file, JSON.stringify({ Resources: resources }));
  return readServices(loadAssembly(file), 50);
}

function changed(id: string, properties: Record<string, unknown>): Resources {
  const resources = byHand();
  const resource = resources[id];
  if (resource !== undefined) resource.Properties = { ...resource.Properties, ...properties };
  return resources;
}

test('reads a template that was written by hand', () => {
  const [model] = read(byHand());
  expect(model).toMatchObject({
    taskCpuUnits: 512,
    taskMemoryMiB: 1024,
    strategy: 'ROLLING',
    targetGroup: { algorithm: 'round_robin', healthCheckIntervalSeconds: 30, deregistrationDelaySeconds: 60 },
    deployment: { minimumHealthyPercent: 50, maximumPercent: 150, healthCheckGraceSeconds: 0 },
    scaling: {
      minCapacity: 2,
      maxCapacity: 12,
      schedules: [{ name: 'morning', schedule: 'cron(0 8 * * ? *)', timeZone: 'Europe/Berlin', minCapacity: 6 }],
      policies: [
        {
          type: 'step',
          adjustmentType: 'PercentChangeInCapacity',
          minAdjustmentMagnitude: 2,
          cooldownSeconds: 300,
          alarms: [
            {
              threshold: 65,
              evaluationPeriods: 3,
              datapointsToAlarm: 2,
              treatMissingData: 'ignore',
              queries: [{ measure: 'cpu' }],
            },
          ],
        },
      ],
    },
  });
});

test('rehearses it: an overload makes its policy add tasks', () => {
  const [model] = read(byHand());
  if (model === undefined) throw new Error('no service was read');
  const { scaling, targetGroup, deployment } = model;
  const traffic = withSurge(steady(60, 2400), { startSeconds: 900, rampSeconds: 0, holdSeconds: 1500, factor: 2 });
  const outcome = simulate(
    input({ scaling: { ...scaling, schedules: [] }, targetGroup, deployment, traffic, initialTasks: 3 }),
    1,
  );
  expect(outcome.events.find(({ kind }) => kind === 'scale-out')?.text).toMatch(/^Policy: 3 → 5$/);
});

test('reads and rehearses a service of aws-ecs-patterns', () => {
  const app = new App({ outdir: path.join(folder, 'cdk.out') });
  const stack = new Stack(app, 'Patterns', { env: { region: 'us-east-1', account: '111111111111' } });
  const vpc = new Vpc(stack, 'Vpc', { availabilityZones: ['us-east-1a', 'us-east-1b'] });
  const pattern = new ApplicationLoadBalancedFargateService(stack, 'Web', {
    vpc,
    taskImageOptions: { image: ContainerImage.fromRegistry('nginx') },
  });
  const count = pattern.service.autoScaleTaskCount({ maxCapacity: 10 });
  count.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 50 });
  count.scaleOnRequestCount('Requests', { requestsPerTarget: 10_000, targetGroup: pattern.targetGroup });
  app.synth();
  const [model] = readServices(loadAssembly(path.join(folder, 'cdk.out')), 50);
  expect(model).toMatchObject({
    targetGroup: {
      healthCheckIntervalSeconds: 30,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
      deregistrationDelaySeconds: 300,
    },
    deployment: { minimumHealthyPercent: 50, maximumPercent: 200, healthCheckGraceSeconds: 60, zones: 2 },
    scaling: {
      minCapacity: 1,
      maxCapacity: 10,
      policies: [
        {
          type: 'target-tracking',
          targetValue: 50,
          scaleOutCooldownSeconds: 300,
          scaleInCooldownSeconds: 300,
          disableScaleIn: false,
        },
        {
          type: 'target-tracking',
          targetValue: 10_000,
          queries: [{ measure: 'request-count-per-target', statistic: 'Sum' }],
        },
      ],
    },
  });
  if (model === undefined) throw new Error('no service was read');
  const outcome = simulate(
    input({ scaling: model.scaling, targetGroup: model.targetGroup, traffic: steady(60, 1800), initialTasks: 2 }),
    1,
  );
  expect(outcome.scaleOuts).toBeGreaterThan(0);
});

describe('the readers of a cluster', () => {
  function withReaders(tier: number, cluster: Record<string, unknown> = {}): Resources {
    return {
      ...byHand(),
      Database: { Type: 'AWS::RDS::DBCluster', Properties: cluster },
      Reader: {
        Type: 'AWS::RDS::DBInstance',
        Properties: { DBClusterIdentifier: { Ref: 'Database' }, DBInstanceClass: 'db.serverless', PromotionTier: tier },
      },
      Readers: {
        Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
        Properties: {
          ScalableDimension: 'rds:cluster:ReadReplicaCount',
          ResourceId: { 'Fn::Join': ['', ['cluster:', { Ref: 'Database' }]] },
          MinCapacity: 1,
          MaxCapacity: 3,
        },
      },
    };
  }
  const SERVERLESS = { ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 8 } };

  test('are read with their bounds', () => {
    expect(read(byHand())[0]?.readers).toBeUndefined();
    const [model] = read(withReaders(2));
    expect(model?.readers).toMatchObject({ scaling: { minCapacity: 1, maxCapacity: 3 } });
    expect(model?.readers?.acu).toBeUndefined();
  });

  test('of Serverless v2 have a size of their own', () => {
    const [model] = read(withReaders(2, SERVERLESS));
    expect(model?.readers?.acu).toEqual({ minAcu: 0.5, maxAcu: 8 });
    expect(model?.notModelled).toEqual([]);
  });

  test('that follow the size of the writer are said to be played alone', () => {
    const [model] = read(withReaders(1, SERVERLESS));
    expect(model?.notModelled.join()).toContain(
      'Database: readers of promotion tier 0 and 1 are as large as the writer',
    );
  });
});

test('a composite alarm that should scale is refused', () => {
  const resources = byHand();
  resources['Both'] = {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: { AlarmActions: [{ Ref: 'Policy' }], AlarmRule: 'ALARM(Busy)' },
  };
  expect(() => read(resources)).toThrow(
    'a composite alarm cannot invoke the scaling policy Policy; use metric math in one alarm',
  );
});

test.each<[string, Resources, string]>([
  [
    'there is no scalable target',
    { Cluster: { Type: 'AWS::ECS::Cluster', Properties: {} } },
    'needs an AWS::ApplicationAutoScaling::ScalableTarget for ecs:service:DesiredCount, found none at all',
  ],
  [
    'the target is of something else',
    changed('Target', { ScalableDimension: 'dynamodb:table:ReadCapacityUnits' }),
    'Target (dynamodb:table:ReadCapacityUnits)',
  ],
  [
    'the target names no service',
    changed('Target', { ResourceId: 'service/a/b' }),
    '`ResourceId` does not refer to an AWS::ECS::Service',
  ],
  [
    'the minimum is above the maximum',
    changed('Target', { MinCapacity: 20 }),
    '`MinCapacity` (20) must not be above `MaxCapacity` (12)',
  ],
  [
    'a bound is not known',
    changed('Target', { MaxCapacity: { Ref: 'Cluster' } }),
    '`MinCapacity` and `MaxCapacity` must be numbers in the template',
  ],
  [
    'steps overlap',
    changed('Policy', {
      StepScalingPolicyConfiguration: {
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 5, ScalingAdjustment: 2 },
        ],
      },
    }),
    'Policy: the steps from 0 and from 5 overlap',
  ],
  [
    'an expression cannot be read',
    changed('Busy', { Metrics: [{ Id: 'e', Expression: 'm1 +' }] }),
    "Busy: cannot read 'm1 +': unexpected end",
  ],
  [
    'an expression names a metric that the alarm does not have',
    changed('Busy', { Metrics: [{ Id: 'e', Expression: 'm3 + 1' }] }),
    "Busy: 'm3' is no metric of the alarm; it has ",
  ],
  [
    'an expression is an array',
    changed('Busy', { Metrics: [{ Id: 'e', Expression: '[1, 2]' }] }),
    'Busy: an array of series needs SUM, AVG, MIN or MAX around it',
  ],
  [
    'expressions turn in a circle',
    changed('Busy', {
      Metrics: [
        { Id: 'e', Expression: 'f + 1' },
        { Id: 'f', Expression: 'e + 1', ReturnData: false },
      ],
    }),
    'Busy: the expressions e and f refer to each other',
  ],
  [
    'the adjustment type is none',
    changed('Policy', { StepScalingPolicyConfiguration: { StepAdjustments: [], AdjustmentType: 'Some' } }),
    'Policy: `AdjustmentType` must be one of ChangeInCapacity, PercentChangeInCapacity, ExactCapacity, got Some',
  ],
  [
    'a schedule cannot be read',
    changed('Target', { ScheduledActions: [{ ScheduledActionName: 'day', Schedule: 'cron(0 8 * *)' }] }),
    "Target: scheduled action day: cannot read the schedule 'cron(0 8 * *)': cron has 6 fields, got 4",
  ],
])('fails when %s', (_, resources, message) => {
  expect(() => read(resources)).toThrow(message);
});

test.each<[string, Resources, string]>([
  [
    'a metric nobody simulates',
    changed('Busy', { Namespace: 'Own', MetricName: 'Queue' }),
    "the metric 'Own Queue' is not simulated",
  ],
  [
    'a statistic nobody simulates',
    changed('Busy', { Statistic: undefined, ExtendedStatistic: 'tm90' }),
    "the statistic 'tm90' of AWS/ECS CPUUtilization is not simulated",
  ],
  [
    'an anomaly band',
    changed('Busy', { Metrics: [{ Id: 'e', Expression: 'ANOMALY_DETECTION_BAND(m1)' }] }),
    'is not evaluated (ANOMALY_DETECTION_BAND: its model is trained by CloudWatch and not published)',
  ],
  [
    'a comparison nobody simulates',
    changed('Busy', { ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold' }),
    "the comparison 'LessThanLowerOrGreaterThanUpperThreshold' is not simulated",
  ],
  [
    'a policy without an alarm',
    changed('Busy', { AlarmActions: [] }),
    'no alarm of the template that can be played invokes it',
  ],
  [
    'an alarm whose actions are switched off',
    changed('Busy', { ActionsEnabled: false }),
    'Busy: its actions are switched off (`ActionsEnabled`)',
  ],
  [
    'a policy that an OK action invokes',
    changed('Busy', { AlarmActions: [], OKActions: [{ Ref: 'Policy' }] }),
    'Busy: `OKActions` that scale are not simulated, only `AlarmActions`',
  ],
  [
    'scaling that is suspended',
    changed('Target', { SuspendedState: { DynamicScalingInSuspended: true } }),
    'Target: suspended scaling (`SuspendedState`) is not simulated',
  ],
  [
    'a scheduled action that ends',
    changed('Target', {
      ScheduledActions: [{ ScheduledActionName: 'sale', Schedule: 'rate(1 day)', EndTime: '2027-01-01T00:00:00Z' }],
    }),
    'Target: `EndTime` of the scheduled action sale is not simulated',
  ],
  [
    'an attribute of the target group',
    changed('Group', {
      TargetGroupAttributes: [{ Key: 'load_balancing.algorithm.anomaly_mitigation', Value: 'on' }],
    }),
    'Group: the attribute `load_balancing.algorithm.anomaly_mitigation` is not simulated',
  ],
  [
    'an interruption of Spot',
    changed('Service', { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] }),
    'Service: interruptions of Fargate Spot are not simulated',
  ],
  [
    'a start on EC2',
    changed('Service', { LaunchType: 'EC2' }),
    'tasks on EC2 are played with the start times of Fargate',
  ],
  [
    'a type of policy nobody simulates',
    changed('Policy', { PolicyType: 'SimpleScaling' }),
    "policies of type 'SimpleScaling' are not simulated",
  ],
])('says that %s is not modelled', (_, resources, note) => {
  const notes = read(resources).flatMap(({ notModelled }) => notModelled);
  expect(notes.join('\n')).toContain(note);
});
