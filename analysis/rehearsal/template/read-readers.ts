import { type Assembly, type Resource, resourcesIn } from '../../template';
import type { ScalableTargetDefinition } from '../scaling/policy-definition';
import { number, text } from './read-metric';
import { dimension, SCALABLE_TARGET } from './read-scalable-target';
import type { Notes } from './template-error';

/** The read replicas behind the service. */
export interface ReadersModel {
  readonly scaling: ScalableTargetDefinition;
  /** Bounds of the size of a Serverless v2 reader. @default - readers of a fixed size */
  readonly acu?: { readonly minAcu: number; readonly maxAcu: number };
}

/** Promotion tiers whose readers are as large as the writer: Aurora user guide, "Serverless v2 scaling". */
const FOLLOWS_WRITER = 1;

/** The first cluster of the assembly whose read replicas scale. */
export function readReaders(
  assembly: Assembly,
  scalingOf: (target: Resource) => ScalableTargetDefinition,
  notes: Notes,
): ReadersModel | undefined {
  const target = assembly.ofType(SCALABLE_TARGET).find((one) => dimension(one) === 'rds:cluster:ReadReplicaCount');
  if (target === undefined) return undefined;
  const scaling = scalingOf(target);
  const [cluster] = resourcesIn(target.property('ResourceId'), 'AWS::RDS::DBCluster');
  const minAcu = number(cluster?.property('ServerlessV2ScalingConfiguration', 'MinCapacity'));
  const maxAcu = number(cluster?.property('ServerlessV2ScalingConfiguration', 'MaxCapacity'));
  if (cluster === undefined || minAcu === undefined || maxAcu === undefined) return { scaling };
  const followers = instancesOf(assembly, cluster).filter((instance) => {
    const tier = number(instance.property('PromotionTier'));
    return tier !== undefined && tier <= FOLLOWS_WRITER;
  });
  if (followers.length > 0) {
    notes.skip(cluster.address, 'readers of promotion tier 0 and 1 are as large as the writer; they are played alone');
  }
  return { scaling, acu: { minAcu, maxAcu } };
}

function instancesOf(assembly: Assembly, cluster: Resource): Resource[] {
  return assembly
    .ofType('AWS::RDS::DBInstance')
    .filter(
      (instance) =>
        text(instance.property('DBInstanceClass')) === 'db.serverless' &&
        resourcesIn(instance.property('DBClusterIdentifier')).includes(cluster),
    );
}
