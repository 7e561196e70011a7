import { type Assembly, isList, isMap, type Resource, resourcesIn, type Value } from '../../template';
import type { ScalableTargetDefinition } from '../scaling/policy-definition';
import {
  DEFAULT_DEPLOYMENT,
  DEFAULT_TARGET_GROUP,
  type DeploymentModel,
  type TargetGroupModel,
} from '../simulation/simulation-input';
import { number, text } from './read-metric';
import { policiesOf } from './read-policy';
import { type ReadersModel, readReaders } from './read-readers';
import { dimension, readTarget, SCALABLE_TARGET } from './read-scalable-target';
import { Notes, TemplateError } from './template-error';

/** What a template says about one service that scales, or about the readers of a cluster. */
export interface RehearsalModel {
  /** Construct path or address of the service, for people. */
  readonly name: string;
  readonly scaling: ScalableTargetDefinition;
  readonly targetGroup: TargetGroupModel;
  readonly deployment: DeploymentModel;
  /** Size of a task: 1024 CPU units are one vCPU. Undefined where the template does not say. */
  readonly taskCpuUnits: number | undefined;
  readonly taskMemoryMiB: number | undefined;
  readonly arm: boolean;
  readonly region: string | undefined;
  readonly strategy: string;
  readonly highResolution: boolean;
  readonly address: string;
  /** The read replicas of a cluster in the same assembly. */
  readonly readers: ReadersModel | undefined;
  /** What the template has and the rehearsal does not play. */
  readonly notModelled: readonly string[];
}

/** Attributes of a target group that are played, or that change nothing here; stickiness is spoken of when it is on. */
const SIMULATED_ATTRIBUTES =
  /^(stickiness\..*|deregistration_delay\.timeout_seconds|slow_start\.duration_seconds|load_balancing\.algorithm\.type|load_balancing\.cross_zone\.enabled)$/;

/**
 * Reads every ECS service of an assembly that has a scalable target.
 *
 * @param taskCapacityRps requests per second that keep one task busy
 * @throws {TemplateError} when there is no such service, or a policy cannot work
 */
export function readServices(assembly: Assembly, taskCapacityRps: number): RehearsalModel[] {
  const targets = assembly.ofType(SCALABLE_TARGET);
  const ofServices = targets.filter((target) => dimension(target) === 'ecs:service:DesiredCount');
  if (ofServices.length === 0) {
    const found =
      targets.length === 0
        ? 'none at all'
        : targets.map((target) => `${target.address} (${dimension(target)})`).join(', ');
    throw new TemplateError([
      `${assembly.source}: a rehearsal needs an AWS::ApplicationAutoScaling::ScalableTarget for ecs:service:DesiredCount, found ${found}`,
    ]);
  }
  return ofServices.map((target) => readService(assembly, target, taskCapacityRps));
}

function readService(assembly: Assembly, target: Resource, taskCapacityRps: number): RehearsalModel {
  const notes = new Notes();
  const [service] = resourcesIn(target.property('ResourceId'), 'AWS::ECS::Service');
  if (service === undefined) {
    throw new TemplateError([
      `${target.address}: \`ResourceId\` does not refer to an AWS::ECS::Service of the assembly`,
    ]);
  }
  const balancers = service.property('LoadBalancers', 0);
  const [group] = isMap(balancers) ? resourcesIn(balancers['TargetGroupArn']) : [];
  const idle = isMap(balancers)
    ? resourcesIn(balancers['AdvancedConfiguration'], 'AWS::ElasticLoadBalancingV2::TargetGroup')
    : [];
  if (group === undefined)
    notes.skip(service.address, 'it has no target group; defaults of Elastic Load Balancing are played');
  const context = { assembly, idle, taskCapacityRps, notes };
  const scaling = readTarget(target, policiesOf(target, context), notes);
  const readers = readReaders(assembly, (found) => readTarget(found, policiesOf(found, context), notes), notes);
  const [task] = resourcesIn(service.property('TaskDefinition'), 'AWS::ECS::TaskDefinition');
  const strategy = text(service.property('DeploymentConfiguration', 'Strategy')) ?? 'ROLLING';
  noteCapacity(service, notes);
  if (strategy !== 'ROLLING') notes.skip(service.address, `deployments are ${strategy}; a rolling one is played`);
  if (notes.problems.length > 0) throw new TemplateError(notes.problems);
  return {
    name: service.path?.replace(/(\/Resource)?\/(Service|Resource)$/, '') ?? service.address,
    address: service.address,
    scaling,
    targetGroup: readTargetGroup(group, notes),
    deployment: readDeployment(service),
    taskCpuUnits: number(task?.property('Cpu')),
    taskMemoryMiB: number(task?.property('Memory')),
    arm: text(task?.property('RuntimePlatform', 'CpuArchitecture')) === 'ARM64',
    region: service.stack.region,
    strategy,
    highResolution: isHighResolution(service.property('Monitoring', 'MetricConfigurations')),
    readers,
    notModelled: notes.notModelled,
  };
}

/** Tasks that start elsewhere or end at any time. */
function noteCapacity(service: Resource, notes: Notes): void {
  const providers = service.property('CapacityProviderStrategy');
  const names = (isList(providers) ? providers : []).map((one) =>
    isMap(one) ? text(one['CapacityProvider']) : undefined,
  );
  if (names.includes('FARGATE_SPOT')) notes.skip(service.address, 'interruptions of Fargate Spot are not simulated');
  if (
    text(service.property('LaunchType')) === 'EC2' ||
    names.some((name) => name !== undefined && !name.startsWith('FARGATE'))
  ) {
    notes.skip(service.address, 'tasks on EC2 are played with the start times of Fargate');
  }
}

function readTargetGroup(group: Resource | undefined, notes: Notes): TargetGroupModel {
  if (group === undefined) return DEFAULT_TARGET_GROUP;
  const attributes = new Map<string, string>();
  const list = group.property('TargetGroupAttributes');
  for (const attribute of isList(list) ? list : []) {
    if (isMap(attribute)) attributes.set(text(attribute['Key']) ?? '', text(attribute['Value']) ?? '');
  }
  if (attributes.get('stickiness.enabled') === 'true') notes.skip(group.address, 'stickiness is not simulated');
  for (const key of [...attributes.keys()].filter((name) => !SIMULATED_ATTRIBUTES.test(name))) {
    notes.skip(group.address, `the attribute \`${key}\` is not simulated`);
  }
  const property = (name: string, otherwise: number) => number(group.property(name)) ?? otherwise;
  const attribute = (name: string, otherwise: number) => Number(attributes.get(name) ?? otherwise);
  const algorithm = attributes.get('load_balancing.algorithm.type');
  return {
    algorithm:
      algorithm === 'least_outstanding_requests' || algorithm === 'weighted_random' ? algorithm : 'round_robin',
    healthCheckIntervalSeconds: property('HealthCheckIntervalSeconds', DEFAULT_TARGET_GROUP.healthCheckIntervalSeconds),
    healthCheckTimeoutSeconds: property('HealthCheckTimeoutSeconds', DEFAULT_TARGET_GROUP.healthCheckTimeoutSeconds),
    healthyThreshold: property('HealthyThresholdCount', DEFAULT_TARGET_GROUP.healthyThreshold),
    unhealthyThreshold: property('UnhealthyThresholdCount', DEFAULT_TARGET_GROUP.unhealthyThreshold),
    deregistrationDelaySeconds: attribute(
      'deregistration_delay.timeout_seconds',
      DEFAULT_TARGET_GROUP.deregistrationDelaySeconds,
    ),
    slowStartSeconds: attribute('slow_start.duration_seconds', DEFAULT_TARGET_GROUP.slowStartSeconds),
  };
}

function readDeployment(service: Resource): DeploymentModel {
  const configuration = (name: string) => number(service.property('DeploymentConfiguration', name));
  const subnets = service.property('NetworkConfiguration', 'AwsvpcConfiguration', 'Subnets');
  return {
    minimumHealthyPercent: configuration('MinimumHealthyPercent') ?? DEFAULT_DEPLOYMENT.minimumHealthyPercent,
    maximumPercent: configuration('MaximumPercent') ?? DEFAULT_DEPLOYMENT.maximumPercent,
    healthCheckGraceSeconds:
      number(service.property('HealthCheckGracePeriodSeconds')) ?? DEFAULT_DEPLOYMENT.healthCheckGraceSeconds,
    zones: isList(subnets) && subnets.length > 0 ? subnets.length : DEFAULT_DEPLOYMENT.zones,
  };
}

function isHighResolution(configurations: Value | undefined): boolean {
  if (!isList(configurations)) return false;
  return configurations.some((one) => isMap(one) && (number(one['ResolutionSeconds']) ?? 60) < 60);
}
