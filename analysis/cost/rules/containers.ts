import type { Value } from '../../template';
import { isMap, numberOf, resourcesIn, textOf, Unresolved } from '../../template';
import { exactly, mapQuantity, type Quantity, type Range, times } from '../quantity';
import { scaledCount, scalingInput } from './joins';
import { type Charge, type Context, type Rule, type Subject, UnresolvedPropertyError } from './rule';

/** How the tasks of a service are spread: `base` first, then by `weight`. */
interface Provider {
  readonly spot: boolean;
  readonly base: number;
  readonly weight: number;
}

/** Tasks get 20 GB of ephemeral storage for nothing: https://aws.amazon.com/fargate/pricing/. */
const FREE_EPHEMERAL_GB = 20;
/** Fargate Spot's discount moves; AWS says up to 70 %: https://aws.amazon.com/fargate/pricing/. */
const SPOT_PRICE: Range = { low: 0.3, expected: 0.4, high: 0.5 };

export const CONTAINER_RULES: Readonly<Record<string, Rule>> = {
  'AWS::ECS::Service': {
    inputs: {
      averageTasks: scalingInput('tasks'),
    },
    charges: fargateService,
  },
  'AWS::ECS::Cluster': { charges: containerInsights },
};

function fargateService(service: Subject, context: Context): readonly Charge[] | string {
  const providers = providersOf(service, context);
  if (providers === undefined) return 'runs on instances that are billed themselves';
  const definition = service.target('TaskDefinition', 'AWS::ECS::TaskDefinition');
  if (definition === undefined) throw new UnresolvedPropertyError('`TaskDefinition` is not in this assembly');
  const task = context.subject(definition);
  const cpu = sizeOf(task.text('Cpu'), 'vcpu') / 1024;
  const memory = sizeOf(task.text('Memory'), 'gb') / 1024;
  const architecture = task.text('RuntimePlatform.CpuArchitecture', 'X86_64') === 'ARM64' ? 'arm' : 'x86';
  const extraGb = Math.max(task.number('EphemeralStorage.SizeInGiB', FREE_EPHEMERAL_GB) - FREE_EPHEMERAL_GB, 0);
  const tasks = scaledCount(service, context, {
    dimension: 'ecs:service:DesiredCount',
    input: 'averageTasks',
    absent: service.number('DesiredCount', 1),
    what: `tasks of ${cpu} vCPU and ${memory} GB`,
  });
  return [false, true].flatMap((spot): readonly Charge[] => {
    const count = mapQuantity(tasks, (all) => shareOf(all, providers, spot));
    if (count.high === 0) return [];
    const charge = (meter: string, perTask: number): Charge => ({
      meter,
      quantity: taskHours(count, perTask, context, spot),
      ...(spot ? { priceFactor: SPOT_PRICE, label: 'Spot' } : {}),
    });
    const size = [charge(`fargate.vcpu.${architecture}`, cpu), charge(`fargate.gb.${architecture}`, memory)];
    return extraGb > 0 ? [...size, charge('fargate.ephemeral', extraGb)] : size;
  });
}

function taskHours(count: Quantity, perTask: number, { hours }: Context, spot: boolean): Quantity {
  return times(count, perTask * hours, `${count.why}${spot ? ' on Spot' : ''}, ${hours} h`);
}

/** The service's own strategy or launch type, else the cluster's default; `undefined` when it runs on instances. */
function providersOf(service: Subject, context: Context): readonly Provider[] | undefined {
  const launchType = service.text('LaunchType', '');
  if (launchType === 'FARGATE') return [{ spot: false, base: 0, weight: 1 }];
  if (launchType !== '') return undefined;
  const own = service.list('CapacityProviderStrategy');
  const strategy = own.length > 0 ? own : defaultStrategy(service, context);
  if (strategy.length === 0) throw new UnresolvedPropertyError('neither `LaunchType` nor a capacity provider is set');
  const providers = strategy.map(providerFrom);
  return providers.some((provider) => provider === undefined)
    ? undefined
    : providers.flatMap((provider) => provider ?? []);
}

function defaultStrategy(service: Subject, context: Context): readonly Value[] {
  const found = resourcesIn(service.value('Cluster'), 'AWS::ECS::Cluster')[0];
  if (found === undefined) throw new UnresolvedPropertyError('`Cluster` is not in this assembly');
  const cluster = context.subject(found);
  const inCluster = cluster.list('DefaultCapacityProviderStrategy');
  const [association] = cluster.namedBy('AWS::ECS::ClusterCapacityProviderAssociations');
  return inCluster.length > 0 || association === undefined
    ? inCluster
    : context.subject(association).list('DefaultCapacityProviderStrategy');
}

function providerFrom(item: Value): Provider | undefined {
  if (!isMap(item)) throw new UnresolvedPropertyError('`CapacityProviderStrategy` cannot be told');
  const [name, base, weight] = [textOf(item['CapacityProvider']), numberOf(item['Base']), numberOf(item['Weight'])];
  for (const value of [name, base, weight]) {
    if (value instanceof Unresolved) throw new UnresolvedPropertyError(`capacity provider: ${value.reason}`);
  }
  if (name !== 'FARGATE' && name !== 'FARGATE_SPOT') return undefined;
  return { spot: name === 'FARGATE_SPOT', base: Number(base ?? 0), weight: Number(weight ?? 0) };
}

/** Of `tasks`, those on Spot (or not): the base is filled first, the others are spread by weight. */
function shareOf(tasks: number, providers: readonly Provider[], spot: boolean): number {
  const base = providers.reduce((sum, provider) => sum + provider.base, 0);
  const filled = base === 0 ? 0 : Math.min(tasks, base) / base;
  const weights = providers.reduce((sum, provider) => sum + provider.weight, 0);
  const rest = Math.max(tasks - base, 0);
  return providers
    .filter((provider) => provider.spot === spot)
    .reduce((sum, { base: own, weight }) => sum + own * filled + (weights === 0 ? 0 : (rest * weight) / weights), 0);
}

/** `1024`, `1 vCPU`, `2048` or `2 GB` in units of 1/1024. */
function sizeOf(text: string, unit: 'vcpu' | 'gb'): number {
  const [, amount, named] = /^\s*([\d.]+)\s*([a-z]*)\s*$/iu.exec(text) ?? [];
  if (amount === undefined || !['', unit].includes((named ?? '').toLowerCase())) {
    throw new UnresolvedPropertyError(`'${text}' is not a task size`);
  }
  return named === '' ? Number(amount) : Number(amount) * 1024;
}

/** Metrics of Container Insights per cluster and per service, from the list in the CloudWatch user guide. */
const INSIGHTS_METRICS = { cluster: 8, service: 12 };

function containerInsights(cluster: Subject, context: Context): readonly Charge[] | string {
  const setting = cluster.list('ClusterSettings').find((item) => isMap(item) && item['Name'] === 'containerInsights');
  const value = isMap(setting) ? textOf(setting['Value']) : 'disabled';
  if (value instanceof Unresolved) throw new UnresolvedPropertyError(`\`containerInsights\`: ${value.reason}`);
  if (value !== 'enabled' && value !== 'enhanced') return 'Container Insights is off';
  const services = cluster.namedBy('AWS::ECS::Service');
  const base = INSIGHTS_METRICS.cluster + INSIGHTS_METRICS.service * services.length;
  const enhanced = value === 'enhanced';
  // Enhanced observability adds the same metrics per task definition, task and container.
  const metrics = enhanced ? base + services.length * 3 * INSIGHTS_METRICS.service : base;
  const quantity: Quantity = { ...exactly(metrics, `metrics of ${services.length} services`), origin: 'assumption' };
  return [
    {
      meter: enhanced ? 'cw.containerinsights.metric' : 'cw.metric',
      quantity: {
        ...mapQuantity(quantity, (amount) => amount * Math.min(context.hours / 730, 1)),
        origin: 'assumption',
      },
    },
  ];
}
