import { Duration } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import { autoScalingRole } from '../../shared/service-linked-role';
import type { CacheScalingSettings, NodeCapacity } from './cache-capacity';

export interface CacheScalingProps {
  /** Where the cache starts, which is also its least, and how it scales. */
  readonly capacity: NodeCapacity;

  /** The cache that scales. */
  readonly group: elasticache.CfnReplicationGroup;
}

/**
 * Shards follow the engine CPU of the primaries, replicas that of the replicas. From then on the template's own numbers
 * are only the start: a deploy that changes them sets the cache back.
 *
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling.html
 */
export class CacheScaling extends Construct {
  public constructor(scope: Construct, id: string, { capacity, group }: CacheScalingProps) {
    super(scope, id);
    const { scaling, shards, replicasPerShard } = capacity;
    if (scaling === 'fixed') return;
    const role = autoScalingRole(this, 'elasticache');
    const target = (dimension: string, minCapacity: number, maxCapacity: number): appscaling.ScalableTarget =>
      new appscaling.ScalableTarget(this, dimension, {
        serviceNamespace: appscaling.ServiceNamespace.ELASTICACHE,
        scalableDimension: `elasticache:replication-group:${dimension}`,
        resourceId: `replication-group/${group.ref}`,
        minCapacity,
        maxCapacity,
        role,
      });
    target('NodeGroups', shards, scaling.maxShards).scaleToTrackMetric(
      'PrimaryCpu',
      tracking(appscaling.PredefinedMetric.ELASTICACHE_PRIMARY_ENGINE_CPU_UTILIZATION, scaling),
    );
    target('Replicas', replicasPerShard, scaling.maxReplicasPerShard).scaleToTrackMetric(
      'ReplicaCpu',
      tracking(appscaling.PredefinedMetric.ELASTICACHE_REPLICA_ENGINE_CPU_UTILIZATION, scaling),
    );
  }
}

function tracking(predefinedMetric: appscaling.PredefinedMetric, { cpuPercent }: CacheScalingSettings) {
  return {
    predefinedMetric,
    targetValue: cpuPercent,
    scaleOutCooldown: Duration.minutes(10),
    scaleInCooldown: Duration.minutes(15),
  };
}
