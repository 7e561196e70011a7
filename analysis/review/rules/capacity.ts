import { type PropertyChange, type ResourceChange, shownChange } from '../../diff';
import { numberOf, type Resource, resourcesIn, shortPath } from '../../template';
import type { EnvironmentChange } from '../environment-change';
import type { Observation } from '../rule';

interface Capacity {
  readonly properties: readonly string[];
  /** Those of `properties` that end what can be carried. */
  readonly ceilings?: readonly string[];
  /** Those of `properties` whose documentation says that an update interrupts. */
  readonly interrupting?: readonly string[];
}

/** Which properties of a type say how much it can carry; what lies beneath one of them does too. */
const CAPACITIES: Readonly<Record<string, Capacity>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    properties: ['MinCapacity', 'MaxCapacity', 'ScheduledActions', 'SuspendedState'],
    ceilings: ['MaxCapacity'],
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    properties: [
      'TargetTrackingScalingPolicyConfiguration',
      'StepScalingPolicyConfiguration',
      'PredictiveScalingPolicyConfiguration',
    ],
  },
  'AWS::AutoScaling::AutoScalingGroup': { properties: ['MinSize', 'MaxSize'], ceilings: ['MaxSize'] },
  'AWS::ECS::Service': { properties: ['DesiredCount'] },
  'AWS::ECS::TaskDefinition': { properties: ['Cpu', 'Memory'], ceilings: ['Cpu', 'Memory'] },
  'AWS::RDS::DBCluster': {
    properties: ['ServerlessV2ScalingConfiguration', 'DBClusterInstanceClass', 'AllocatedStorage', 'Iops'],
    ceilings: ['ServerlessV2ScalingConfiguration.MaxCapacity'],
  },
  'AWS::RDS::DBInstance': {
    properties: ['DBInstanceClass', 'AllocatedStorage', 'Iops'],
    interrupting: ['DBInstanceClass'],
  },
  'AWS::RDS::DBProxyTargetGroup': {
    properties: ['ConnectionPoolConfigurationInfo'],
    ceilings: ['ConnectionPoolConfigurationInfo.MaxConnectionsPercent'],
  },
  'AWS::ElastiCache::ReplicationGroup': {
    properties: ['CacheNodeType', 'NumNodeGroups', 'ReplicasPerNodeGroup', 'NumCacheClusters'],
    ceilings: ['NumNodeGroups', 'ReplicasPerNodeGroup', 'NumCacheClusters'],
  },
  'AWS::ElastiCache::ServerlessCache': {
    properties: ['CacheUsageLimits'],
    ceilings: ['CacheUsageLimits.DataStorage.Maximum', 'CacheUsageLimits.ECPUPerSecond.Maximum'],
  },
  'AWS::Lambda::Function': {
    properties: ['MemorySize', 'Timeout', 'ReservedConcurrentExecutions'],
    ceilings: ['MemorySize', 'ReservedConcurrentExecutions'],
  },
  'AWS::Lambda::Alias': { properties: ['ProvisionedConcurrencyConfig'] },
  'AWS::Lambda::EventSourceMapping': {
    properties: ['BatchSize', 'ScalingConfig', 'ProvisionedPollerConfig', 'ParallelizationFactor'],
    ceilings: ['ScalingConfig.MaximumConcurrency'],
  },
  'AWS::ApiGateway::Stage': { properties: ['MethodSettings'] },
  'AWS::ApiGateway::UsagePlan': {
    properties: ['Throttle', 'Quota'],
    ceilings: ['Throttle.RateLimit', 'Throttle.BurstLimit', 'Quota.Limit'],
  },
  'AWS::ApiGatewayV2::Stage': { properties: ['DefaultRouteSettings', 'RouteSettings'] },
  'AWS::DynamoDB::Table': {
    properties: ['ProvisionedThroughput', 'BillingMode'],
    ceilings: ['ProvisionedThroughput.ReadCapacityUnits', 'ProvisionedThroughput.WriteCapacityUnits'],
  },
  'AWS::Kinesis::Stream': { properties: ['ShardCount'], ceilings: ['ShardCount'] },
};

/** Types of which each one is capacity. */
const UNITS: ReadonlySet<string> = new Set([
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::AutoScaling::ScalingPolicy',
  'AWS::ECS::Service',
  'AWS::RDS::DBInstance',
]);

const ALARM = 'AWS::CloudWatch::Alarm';
const THRESHOLDS: Capacity = {
  properties: ['Threshold', 'EvaluationPeriods', 'DatapointsToAlarm', 'Period', 'Metrics', 'ComparisonOperator'],
};

/** Less can be carried at most. */
export function loweredCeilings(change: EnvironmentChange): readonly Observation[] {
  return capacityChanges(change).flatMap(({ observation, isLess }) => (isLess ? [observation] : []));
}

export function otherCapacity(change: EnvironmentChange): readonly Observation[] {
  return capacityChanges(change).flatMap(({ observation, isLess }) => (isLess ? [] : [observation]));
}

export function removedCapacity(change: EnvironmentChange): readonly Observation[] {
  return unitsOf(change, 'removed');
}

export function addedCapacity(change: EnvironmentChange): readonly Observation[] {
  return unitsOf(change, 'added');
}

/** Whether an alarm is a part of scaling and not there for people. */
export function scales(alarm: Resource): boolean {
  const actions = resourcesIn(alarm.property('AlarmActions'));
  return actions.length > 0 && actions.every(({ type }) => type.endsWith('::ScalingPolicy'));
}

interface CapacityChange {
  readonly observation: Observation;
  readonly isLess: boolean;
}

function capacityChanges({ stacks }: EnvironmentChange): readonly CapacityChange[] {
  return stacks
    .flatMap(({ resources }) => resources)
    .flatMap((item) => {
      const { after, properties } = item;
      const capacity = after && capacityOf(item, after);
      if (after === undefined || capacity === undefined) return [];
      return properties
        .filter(({ path }) => capacity.properties.some((name) => path === name || path.startsWith(`${name}.`)))
        .map((property) => ({
          observation: observed(after, property, capacity),
          isLess: capacity.ceilings?.includes(property.path) === true && isLess(property),
        }));
    });
}

function capacityOf({ type }: ResourceChange, after: Resource): Capacity | undefined {
  if (type === ALARM) return scales(after) ? THRESHOLDS : undefined;
  return CAPACITIES[type];
}

function observed(after: Resource, { path, from, to }: PropertyChange, { interrupting }: Capacity): Observation {
  return {
    at: shortPath(after),
    what: path,
    ...shownChange(from, to),
    ...(interrupting?.includes(path) && { detail: 'some interruption while it is updated' }),
  };
}

function isLess({ from, to }: PropertyChange): boolean {
  const [was, is] = [numberOf(from), numberOf(to)];
  return typeof was === 'number' && typeof is === 'number' && is < was;
}

function unitsOf({ stacks }: EnvironmentChange, kind: 'added' | 'removed'): readonly Observation[] {
  return stacks
    .flatMap(({ resources }) => resources)
    .flatMap((item) => {
      const resource = item.after ?? item.before;
      return item.kind === kind && resource && UNITS.has(item.type)
        ? [{ at: shortPath(resource), what: item.type }]
        : [];
    });
}
