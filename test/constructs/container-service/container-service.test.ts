import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ContainerCluster } from '../../../lib/constructs/container-service/container-cluster';
import {
  ContainerService,
  type ContainerServiceProps,
} from '../../../lib/constructs/container-service/container-service';
import { shiftsTraffic } from '../../../lib/constructs/container-service/deployment';
import { LoadBalancer } from '../../../lib/constructs/load-balancer/load-balancer';
import { DeploymentAlarms } from '../../../lib/constructs/observability/deployment-alarms';
import { newStack, newVpc, synthesizedTemplate } from '../synthesized-template';

const settings = {
  cpu: 256,
  memoryMiB: 512,
  minTasks: 2,
  maxTasks: 10,
  spotTasksInTen: 0,
  deployment: { kind: 'rolling' },
  logRetention: RetentionDays.ONE_WEEK,
  tracing: 'none',
  port: 8080,
  user: '65532:65532',
  healthCheckCommand: ['/node', '/health-check.js'],
  stopTimeout: Duration.seconds(60),
} as const;

function serviceIn(
  stack: Stack,
  props: Partial<ContainerServiceProps> = {},
  twoTargetGroups = shiftsTraffic(props.deployment ?? settings.deployment),
): ContainerService {
  const vpc = newVpc(stack);
  const vpcSubnets = { subnetGroupName: 'private' };
  const loadBalancer = new LoadBalancer(stack, 'LoadBalancer', {
    vpc,
    vpcSubnets,
    targetPort: 8080,
    idleTimeout: Duration.seconds(65),
    deregistrationDelay: Duration.seconds(30),
    deletionProtection: false,
    stickiness: 'none',
    algorithm: { kind: 'least-outstanding-requests' },
    shiftsTraffic: twoTargetGroups,
  });
  const { cluster } = new ContainerCluster(stack, 'Cluster', { vpc });
  const image = ecs.ContainerImage.fromRegistry('example/image');
  const objectives = { availability: 0.999, p95: Duration.millis(200) };
  const { alarms: deploymentAlarms } = new DeploymentAlarms(stack, 'DeploymentAlarms', { loadBalancer, objectives });
  const { target } = loadBalancer;
  const common = { ...settings, cluster, vpcSubnets, target, image, deploymentAlarms };
  return new ContainerService(stack, 'Service', { ...common, ...props });
}

const service = (props: Partial<ContainerServiceProps> = {}): Template =>
  synthesizedTemplate((stack) => serviceIn(stack, props));

test('never states a desired count: scaling owns it', () => {
  service().hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
});

test('may move between its bounds', () => {
  service().hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    MinCapacity: 2,
    MaxCapacity: 10,
    ScalableDimension: 'ecs:service:DesiredCount',
  });
});

test('keeps every task of the old version until the new one is healthy, and goes back when it is not', () => {
  service().hasResourceProperties('AWS::ECS::Service', {
    AvailabilityZoneRebalancing: 'ENABLED',
    HealthCheckGracePeriodSeconds: 60,
    DeploymentConfiguration: {
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      Strategy: 'ROLLING',
    },
  });
});

test.each([{ kind: 'rolling' }, { kind: 'canary', stepPercent: 10, bakeTime: Duration.minutes(5) }] as const)(
  'goes back when an alarm goes off while a version takes over: %j',
  (deployment) => {
    // Template.fromStack refuses circles: the alarms watch the load balancer, and the service names the alarms.
    service({ deployment }).hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: Match.objectLike({
        Alarms: {
          AlarmNames: ['Errors', 'Latency', 'Unhealthy'].map((name) => ({
            Ref: Match.stringLikeRegexp(`^DeploymentAlarmsDeployment${name}`),
          })),
          Enable: true,
          Rollback: true,
        },
      }),
    });
  },
);

test('goes back on nothing but its tasks when there are no alarms', () => {
  service({ deploymentAlarms: [] }).hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: Match.objectLike({ Alarms: Match.absent() }),
  });
});

test('runs on ARM64 as nobody in particular, with nothing to write to, and stops when asked', () => {
  service().hasResourceProperties('AWS::ECS::TaskDefinition', {
    Cpu: '256',
    Memory: '512',
    RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
    ContainerDefinitions: [
      Match.objectLike({
        User: '65532:65532',
        ReadonlyRootFilesystem: true,
        StopTimeout: 60,
        LinuxParameters: Match.objectLike({ InitProcessEnabled: true }),
        HealthCheck: Match.objectLike({ Command: ['CMD', '/node', '/health-check.js'], Interval: 10, Retries: 3 }),
        PortMappings: [Match.objectLike({ ContainerPort: 8080 })],
        Environment: [{ Name: 'PORT', Value: '8080' }],
        LogConfiguration: Match.objectLike({ Options: Match.objectLike({ mode: 'non-blocking' }) }),
      }),
    ],
  });
});

test('tells the container what it is told, besides the port', () => {
  service({ environment: { KEEP_ALIVE_SECONDS: '75' } }).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.objectLike({ Environment: Match.arrayWith([{ Name: 'KEEP_ALIVE_SECONDS', Value: '75' }]) }),
    ],
  });
});

test('keeps its logs as long as it is told', () => {
  service().hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
});

test('lets the load balancer in through the port of the container', () => {
  service().hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 8080, ToPort: 8080 });
});

test.each([
  [0, [{ CapacityProvider: 'FARGATE', Base: 2, Weight: 10 }]],
  [
    7,
    [
      { CapacityProvider: 'FARGATE', Base: 2, Weight: 3 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 7 },
    ],
  ],
])('runs the minimum on demand and %d of each further ten on Spot', (spotTasksInTen, strategy) => {
  service({ spotTasksInTen }).hasResourceProperties('AWS::ECS::Service', { CapacityProviderStrategy: strategy });
});

test.each([
  [
    { kind: 'canary', stepPercent: 10, bakeTime: Duration.minutes(5) } as const,
    {
      Strategy: 'CANARY',
      CanaryConfiguration: { CanaryPercent: 10, CanaryBakeTimeInMinutes: 5 },
      BakeTimeInMinutes: 5,
    },
  ],
  [
    { kind: 'linear', stepPercent: 25, bakeTime: Duration.minutes(6) } as const,
    { Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 25, StepBakeTimeInMinutes: 6 }, BakeTimeInMinutes: 6 },
  ],
  [{ kind: 'blue-green', bakeTime: Duration.minutes(15) } as const, { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 15 }],
])('deploys by %j', (deployment, configuration) => {
  const template = service({ deployment });
  template.hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: configuration,
    LoadBalancers: [
      Match.objectLike({
        AdvancedConfiguration: Match.objectLike({
          AlternateTargetGroupArn: { Ref: Match.stringLikeRegexp('AlternateTarget') },
          ProductionListenerRule: { Ref: Match.stringLikeRegexp('ProductionRule') },
        }),
      }),
    ],
  });
});

test.each([
  ['a minimum above the maximum', { minTasks: 5, maxTasks: 4 }, '`minTasks` must not be above `maxTasks`, got 5 and 4'],
  ['no tasks', { minTasks: 0 }, '`minTasks` must be between 1 and 5000, got 0'],
  [
    'more than all traces',
    { tracing: { samplePercent: 101 } },
    '`tracing.samplePercent` must be between 0 and 100, got 101',
  ],
  ['all but the minimum on Spot', { spotTasksInTen: 10 }, '`spotTasksInTen` must be between 0 and 9, got 10'],
  [
    'three minutes to stop',
    { stopTimeout: Duration.minutes(3) },
    '`stopTimeout (seconds)` must be between 1 and 120, got 180',
  ],
  ['root', { user: 'root' }, "`user` must not be root, got root; name the image's own user"],
  ['root by number', { user: '0:0' }, '`user` must not be root, got 0:0'],
  [
    'too small a linear step',
    { deployment: { kind: 'linear', stepPercent: 1, bakeTime: Duration.minutes(5) } },
    '`deployment.stepPercent` must be between 3 and 100, got 1',
  ],
  [
    'less time to bake than the alarms need',
    { deployment: { kind: 'canary', stepPercent: 10, bakeTime: Duration.minutes(4) } },
    '`deployment.bakeTime (minutes)` must be between 5 and 1440, got 4',
  ],
  [
    // 34 steps of 59 minutes are 33 hours and 26 minutes.
    'more time than CloudFormation waits',
    { deployment: { kind: 'linear', stepPercent: 3, bakeTime: Duration.minutes(59) } },
    '`deployment.bakeTime` must not add up to more than 33 hours, got 34 × 59 minutes; shorten it or take fewer steps',
  ],
  [
    'a canary that bakes for 17 hours, twice',
    { deployment: { kind: 'canary', stepPercent: 10, bakeTime: Duration.hours(17) } },
    '`deployment.bakeTime` must not add up to more than 33 hours, got 2 × 1020 minutes',
  ],
  [
    'a bake time of two days',
    { deployment: { kind: 'blue-green', bakeTime: Duration.days(2) } },
    '`deployment.bakeTime (minutes)` must be between 5 and 1440, got 2880',
  ],
] as const)('fails when given %s', (_what, props, message) => {
  expect(() => serviceIn(newStack(), props)).toThrow(message);
});

test('fails when traffic is to be shifted and there is one target group', () => {
  const deployment = { kind: 'canary', stepPercent: 10, bakeTime: Duration.minutes(5) } as const;
  expect(() => serviceIn(newStack(), { deployment }, false)).toThrow(
    '`deployment` canary needs two target groups, got one; set `shiftsTraffic` on the load balancer or use rolling',
  );
});

test('reports no container metrics where the environment saves them', () => {
  const template = synthesizedTemplate(
    (stack) =>
      new ContainerCluster(stack, 'Cluster', {
        vpc: newVpc(stack),
        containerInsights: ecs.ContainerInsights.DISABLED,
      }),
  );
  template.hasResourceProperties('AWS::ECS::Cluster', {
    ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }],
  });
});

test('traces through a collector beside the container, which may die alone', () => {
  const template = service({ tracing: { samplePercent: 5 } });
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.objectLike({
        Name: 'Web',
        Environment: Match.arrayWith([
          { Name: 'OTEL_EXPORTER_OTLP_ENDPOINT', Value: 'http://127.0.0.1:4318' },
          { Name: 'TRACE_SAMPLE_PERCENT', Value: '5' },
        ]),
      }),
      Match.objectLike({ Name: 'TraceCollector', Essential: false, ReadonlyRootFilesystem: true, Memory: 128 }),
    ],
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] })]),
    },
  });
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  expect(JSON.stringify(task)).toContain('127.0.0.1:4318');
});

test('traces nothing when told so', () => {
  service().hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [Match.objectLike({ Name: 'Web' })],
  });
});
