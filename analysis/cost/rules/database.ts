import { resourcesIn } from '../../template';
import { exactly, mapQuantity, type Origin, type Quantity } from '../quantity';
import { boundsOf, instancesOf, vcpusOf } from './joins';
import {
  type Charge,
  type Context,
  fixed,
  hourly,
  originRequests,
  perRequest,
  type Rule,
  type Subject,
  UnresolvedPropertyError,
} from './rule';

const SERVERLESS = 'db.serverless';
/** A proxy is billed for at least this much: https://aws.amazon.com/rds/proxy/pricing/. */
const PROXY_MINIMUM = { vcpus: 2, acus: 8 };
/** End of Aurora PostgreSQL's standard support by major version, from its release calendar; later is extended support. */
const END_OF_STANDARD_SUPPORT: Readonly<Record<string, string>> = {
  '11': '2024-02-29',
  '12': '2025-02-28',
  '13': '2026-02-28',
  '14': '2027-02-28',
};

export const DATABASE_RULES: Readonly<Record<string, Rule>> = {
  'AWS::RDS::DBCluster': {
    inputs: {
      storageGb: fixed('GB stored', 'the assumed database', (_, { traffic }) => traffic.storageGb),
      ioMillions: perRequest('million I/O requests', 'I/O per passed request', (_, context) => ioMillions(context)),
      backupGb: fixed('GB of backups beyond the size of the cluster', 'daily changes over the retention', backupGb),
      averageAutoscaledReaders: fixed('readers above the fixed ones', 'none on average', () => 0),
    },
    charges: auroraCluster,
  },
  'AWS::RDS::DBInstance': {
    inputs: { averageAcu: fixed('ACUs on average', 'a tenth of the way from the least to the most', () => 1) },
    charges: auroraInstance,
  },
  'AWS::RDS::DBProxy': { charges: proxy },
  // Endpoints beyond the default one are PrivateLink endpoints: https://aws.amazon.com/rds/proxy/pricing/.
  'AWS::RDS::DBProxyEndpoint': {
    charges: (endpoint, context) => [
      hourly('vpce.interface.hour', endpoint.list('VpcSubnetIds').length, 'zones of an extra proxy endpoint', context),
    ],
  },
};

function auroraCluster(cluster: Subject, context: Context): readonly Charge[] {
  assertAurora(cluster);
  const optimized = isIoOptimized(cluster);
  const charges: Charge[] = [
    { meter: `aurora.storage.${optimized ? 'ioopt' : 'standard'}`, quantity: cluster.use('storageGb') },
    { meter: 'aurora.backup', quantity: cluster.use('backupGb') },
    ...autoscaledReaders(cluster, context),
  ];
  return optimized ? charges : [...charges, { meter: 'aurora.io', quantity: cluster.use('ioMillions') }];
}

/** Readers that Application Auto Scaling adds to the fixed ones cost what the fixed ones do. */
function autoscaledReaders(cluster: Subject, context: Context): readonly Charge[] {
  const dimension = 'rds:cluster:ReadReplicaCount';
  const bounds = boundsOf(cluster, context, dimension);
  const instances = instancesOf(cluster);
  const [model] = instances;
  if (bounds === undefined || model === undefined) return [];
  const readers = instances.length - 1;
  const extra = { low: Math.max(bounds.min - readers, 0), high: Math.max(bounds.max - readers, 0) };
  const given =
    cluster.given('averageAutoscaledReaders') === undefined ? undefined : cluster.use('averageAutoscaledReaders');
  const count: Quantity = given ?? {
    ...extra,
    expected: extra.low,
    origin: 'assumption',
    why: `${extra.low} to ${extra.high} readers added by autoscaling`,
  };
  if (count.high === 0) return [];
  return instanceCharges(context.subject(model), cluster, context, count).map((charge) => ({
    ...charge,
    label: 'autoscaled readers',
  }));
}

function auroraInstance(instance: Subject, context: Context): readonly Charge[] {
  const cluster = instance.target('DBClusterIdentifier', 'AWS::RDS::DBCluster');
  if (cluster === undefined)
    throw new UnresolvedPropertyError('only instances of an Aurora cluster in the assembly are known');
  return instanceCharges(instance, context.subject(cluster), context, exactly(1, 'instance'));
}

function instanceCharges(instance: Subject, cluster: Subject, context: Context, count: Quantity): readonly Charge[] {
  assertAurora(cluster);
  const kind = isIoOptimized(cluster) ? 'ioopt' : 'standard';
  const size = instance.text('DBInstanceClass');
  const serverless = size === SERVERLESS;
  const perInstance = serverless
    ? acuHours(instance, cluster, context)
    : exactly(context.hours, `${size}, ${context.hours} h`);
  const meter = serverless ? `aurora.acu.${kind}` : `aurora.instance.${kind}.${size}`;
  const charges: Charge[] = [{ meter, quantity: product(perInstance, count) }];
  const vcpuHours = (): Quantity =>
    product(exactly(vcpusOf(size) * context.hours, `${vcpusOf(size)} vCPU, ${context.hours} h`), count);
  if (instance.text('DatabaseInsightsMode', cluster.text('DatabaseInsightsMode', 'standard')) === 'advanced') {
    const amount = serverless ? product(perInstance, count) : vcpuHours();
    charges.push({ meter: `dbinsights.advanced.${serverless ? 'acu' : 'vcpu'}`, quantity: amount });
  }
  if (!serverless && isInExtendedSupport(cluster, context.today)) {
    charges.push({ meter: 'aurora.extendedsupport.y1', quantity: vcpuHours() });
  }
  return charges;
}

/** ACU-hours of one serverless instance; each scales alone between the cluster's bounds. */
function acuHours(instance: Subject, cluster: Subject, context: Context): Quantity {
  const min = cluster.number('ServerlessV2ScalingConfiguration.MinCapacity');
  const max = cluster.number('ServerlessV2ScalingConfiguration.MaxCapacity');
  const given = instance.figure('averageAcu');
  const assumed = { low: min, expected: min + (max - min) / 10, high: max };
  const origin: Origin = given?.origin ?? (min === max ? 'template' : 'assumption');
  const average: Quantity = { ...(given ? instance.use('averageAcu') : assumed), origin, why: '' };
  const why = `${min} to ${max} ACU, ${average.expected} on average, ${context.hours} h`;
  // What lies above the least follows the traffic.
  return mapQuantity(
    average,
    (acu) => (Math.min(min, acu) + Math.max(acu - min, 0) * context.scale) * context.hours,
    why,
  );
}

function proxy(subject: Subject, context: Context): readonly Charge[] {
  const clusters = subject
    .namedBy('AWS::RDS::DBProxyTargetGroup')
    .flatMap((group) => resourcesIn(group.property('DBClusterIdentifiers'), 'AWS::RDS::DBCluster'));
  if (clusters.length === 0)
    throw new UnresolvedPropertyError('no target group of this proxy names a cluster of the assembly');
  return clusters.flatMap((found) => {
    const cluster = context.subject(found);
    const sizes = instancesOf(cluster).map((instance) => context.subject(instance));
    const [serverless, provisioned] = [true, false].map((kind) =>
      sizes.filter((instance) => (instance.text('DBInstanceClass') === SERVERLESS) === kind),
    );
    const vcpus = (provisioned ?? []).reduce((sum, instance) => sum + vcpusOf(instance.text('DBInstanceClass')), 0);
    const acus = (serverless ?? []).map((instance) => acuHours(instance, cluster, context));
    const charges =
      vcpus > 0 ? [hourly('rdsproxy.vcpu', Math.max(vcpus, PROXY_MINIMUM.vcpus), 'vCPU of its targets', context)] : [];
    return acus.length === 0 ? charges : [...charges, { meter: 'rdsproxy.acu', quantity: proxiedAcus(acus, context) }];
  });
}

function proxiedAcus(acus: readonly Quantity[], { hours }: Context): Quantity {
  const least = PROXY_MINIMUM.acus * hours;
  const sum = (bound: 'low' | 'expected' | 'high'): number =>
    Math.max(
      acus.reduce((total, quantity) => total + quantity[bound], 0),
      least,
    );
  return {
    low: sum('low'),
    expected: sum('expected'),
    high: sum('high'),
    origin: 'assumption',
    why: `ACU-hours of its targets, at least ${PROXY_MINIMUM.acus} ACU`,
  };
}

function product(amount: Quantity, count: Quantity): Quantity {
  if (count.low === 1 && count.high === 1) return amount;
  return {
    low: amount.low * count.low,
    expected: amount.expected * count.expected,
    high: amount.high * count.high,
    origin: count.origin,
    why: `${count.why}, each ${amount.why}`,
  };
}

function ioMillions(context: Context): number {
  return (originRequests(context) * context.traffic.ioPerRequest) / 1e6;
}

function backupGb(cluster: Subject, { traffic }: Context): number {
  return traffic.storageGb * traffic.dailyChange * Math.max(cluster.number('BackupRetentionPeriod', 1) - 1, 0);
}

function isIoOptimized(cluster: Subject): boolean {
  return cluster.text('StorageType', 'aurora') === 'aurora-iopt1';
}

function isInExtendedSupport(cluster: Subject, today: Date): boolean {
  if (cluster.text('EngineLifecycleSupport', '').endsWith('disabled')) return false;
  const end = END_OF_STANDARD_SUPPORT[cluster.text('EngineVersion', '').split('.')[0] ?? ''];
  return end !== undefined && cluster.text('Engine') === 'aurora-postgresql' && today > new Date(`${end}T23:59:59Z`);
}

function assertAurora(cluster: Subject): void {
  const engine = cluster.text('Engine');
  if (!engine.startsWith('aurora')) throw new UnresolvedPropertyError(`engine ${engine} is not in the price book`);
}
