import type { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { inRange, secondsInRange } from '../../shared/validation';
import { connectionsAtFloor, type InstanceClass, maxConnectionsOfClass } from './max-connections';

/** The size of the writer, which every fixed reader shares, so that a failover never lands on something smaller. */
export type DatabaseCapacity =
  | {
      readonly kind: 'provisioned';
      /** Class of the instances, such as `r8g.large`. */
      readonly instanceClass: InstanceClass;
    }
  | {
      readonly kind: 'serverless';
      /** Floor of every instance, in ACU of 2 GiB each; 0 lets the database pause. */
      readonly minAcu: number;
      /** Ceiling of every instance, in ACU. */
      readonly maxAcu: number;
      /** How long the database is idle before it pauses, or `'never'`; goes with a floor of 0. */
      readonly autoPauseAfter: Duration | 'never';
    };

/** Problems with a capacity by itself. */
export function capacityProblems(capacity: DatabaseCapacity): string[] {
  if (capacity.kind === 'provisioned') return [];
  const { minAcu, maxAcu, autoPauseAfter } = capacity;
  const pauses = autoPauseAfter !== 'never';
  return [
    // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
    ...inRange('capacity.minAcu', minAcu, 0, 256),
    ...inRange('capacity.maxAcu', maxAcu, 1, 256),
    ...[minAcu, maxAcu]
      .filter((acu) => !Number.isInteger(acu * 2))
      .map((acu) => `\`capacity.minAcu\` and \`capacity.maxAcu\` must be multiples of 0.5, got ${acu}`),
    ...(minAcu > maxAcu
      ? [`\`capacity.minAcu\` must not be above \`capacity.maxAcu\`, got ${minAcu} and ${maxAcu}`]
      : []),
    ...(pauses === (minAcu === 0)
      ? []
      : [
          pauses
            ? `\`capacity.minAcu\` must be 0 for a database that pauses, got ${minAcu}; or set \`capacity.autoPauseAfter\` to 'never'`
            : "`capacity.autoPauseAfter` must be a duration when `capacity.minAcu` is 0, got 'never'; or raise the floor to 0.5",
        ]),
    // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
    ...(pauses ? secondsInRange('capacity.autoPauseAfter', autoPauseAfter, 300, 86_400) : []),
  ];
}

/** `max_connections` where the capacity is smallest, and how to say so. */
export function smallestMaxConnections(capacity: DatabaseCapacity): {
  readonly connections: number;
  readonly of: string;
} {
  if (capacity.kind === 'provisioned') {
    return { connections: maxConnectionsOfClass(capacity.instanceClass), of: `db.${capacity.instanceClass}` };
  }
  const { minAcu, maxAcu } = capacity;
  return {
    connections: connectionsAtFloor(minAcu, maxAcu),
    of: `${Math.max(minAcu, 0.5)} ACU, the floor of the range`,
  };
}

type SizeOf<Class> = Class extends `${string}.${infer Size}` ? Size : never;

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.Summary.html */
const CPUS: Readonly<Record<SizeOf<InstanceClass>, number>> = {
  medium: 2,
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
};
/** AWS says no more than that CPU corresponds to memory; provisioned instances have 8 GiB for each, and an ACU is 2. */
const ACU_PER_CPU = 4;

/** CPUs of one instance; of a range, those at its ceiling, to which it grows when they are busy. */
export function cpusOf(capacity: DatabaseCapacity): number {
  if (capacity.kind === 'serverless') return Math.max(1, Math.floor(capacity.maxAcu / ACU_PER_CPU));
  return CPUS[capacity.instanceClass.split('.')[1] as SizeOf<InstanceClass>];
}

/** What all instances of a cluster have in common. */
type InstanceOptions = Omit<rds.ClusterInstanceOptions, 'promotionTier' | 'instanceIdentifier'>;

/** The writer and the readers of a cluster, under ids that stay the same when their size or number changes. */
export function clusterInstances(
  capacity: DatabaseCapacity,
  readers: number,
  options: InstanceOptions,
): { readonly writer: rds.IClusterInstance; readonly readers: rds.IClusterInstance[] } {
  const instance = (id: string, tier: 0 | 1 | 2): rds.IClusterInstance =>
    capacity.kind === 'provisioned'
      ? rds.ClusterInstance.provisioned(id, {
          ...options,
          instanceType: new ec2.InstanceType(capacity.instanceClass),
          promotionTier: tier,
        })
      : // Tiers 0 and 1 follow the capacity of the writer, tier 2 has its own: the L2 derives the tier from the flag.
        rds.ClusterInstance.serverlessV2(id, { ...options, ...(tier === 2 ? {} : { scaleWithWriter: true }) });
  return {
    writer: instance('Writer', 0),
    readers: Array.from({ length: readers }, (_, index) => instance(`Reader${index + 1}`, index === 0 ? 1 : 2)),
  };
}
