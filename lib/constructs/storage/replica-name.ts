import { Aws } from 'aws-cdk-lib';

/** Which bucket of which environment has a copy in the recovery region. */
export interface ReplicaName {
  readonly environment: string;

  /** What is in it, such as `assets`. */
  readonly content: string;

  /** The recovery region. */
  readonly region: string;
}

/** Names of buckets are unique in the world: the account makes this one so. */
export function replicaBucketName({ environment, content, region }: ReplicaName, account = Aws.ACCOUNT_ID): string {
  return `headroom-${environment}-${content}-replica-${account}-${region}`;
}

/** The key that replicas of an environment are encrypted with, as whoever fills them knows it. */
export function replicaKeyAlias({ environment }: Pick<ReplicaName, 'environment'>): string {
  return `alias/headroom-${environment}-replicas`;
}
