import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { recoverOtherwise } from '../../shared/recoverability';
import type { AuroraDatabase } from './aurora-database';

export interface GlobalDatabaseProps {
  /** The cluster that it is made from, which goes on as its primary: nothing is replaced. */
  readonly primary: AuroraDatabase;

  /** What clusters in other regions join it by. */
  readonly identifier: string;

  /** Whether the service refuses to delete it. */
  readonly deletionProtection: boolean;
}

/** What clusters in other regions join a global database by: a name, so that they need nothing of the primary region. */
export function globalDatabaseIdentifier(environment: string): string {
  return `headroom-${environment}`;
}

/**
 * Makes a global database of a cluster that is already there, so that another region can follow it within a second or so.
 *
 * @stateful kept when its stack goes
 */
export class GlobalDatabase extends Construct {
  public constructor(scope: Construct, id: string, { primary, identifier, deletionProtection }: GlobalDatabaseProps) {
    super(scope, id);
    const resource = new rds.CfnGlobalCluster(this, 'Resource', {
      globalClusterIdentifier: identifier,
      // Engine, version and encryption come from the source; naming them too is refused.
      sourceDbClusterIdentifier: primary.cluster.clusterArn,
      deletionProtection,
    });
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN);
    resource.node.addDependency(primary);
    recoverOtherwise(resource, {
      means: 'rebuild',
      reason: 'it is the bond between clusters and holds no data itself',
    });
    if (!deletionProtection) {
      Validations.of(resource).acknowledge({
        id: 'AwsSolutions-RDS10',
        reason: 'the environment is meant to be taken down again; its cluster is snapshotted',
      });
    }
  }
}
