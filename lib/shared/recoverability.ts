import { CfnResource, type Stack, Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Tag that a backup plan selects by, together with the environment's own. */
export const BACKUP_TAG = { key: 'backup', value: 'required' } as const;

/** Where the checks find why something is in no backup plan (analysis/checks/recoverable.ts). */
const METADATA = 'Headroom::Recovery';

/** How something comes back that no backup plan holds. */
export interface OtherRecovery {
  /** `copy`: it is itself one. `rebuild`: from code or from other data. `none`: it stays lost, and that is accepted. */
  readonly means: 'copy' | 'rebuild' | 'none';
  /** Why that is enough, for whoever signs the plan. */
  readonly reason: string;
}

/** Puts the database cluster or the bucket under `scope` into the environment's backup plan, if it has one. */
export function backUp(scope: IConstruct): void {
  Tags.of(scope).add(BACKUP_TAG.key, BACKUP_TAG.value, {
    includeResourceTypes: ['AWS::RDS::DBCluster', 'AWS::S3::Bucket'],
  });
}

/** Signs that `resource` needs no backup plan. */
export function recoverOtherwise(resource: IConstruct, recovery: OtherRecovery): void {
  const own = CfnResource.isCfnResource(resource) ? resource : resource.node.defaultChild;
  if (!CfnResource.isCfnResource(own))
    throw new Error(`'${resource.node.path}' has no resource of its own to sign for`);
  own.addMetadata(METADATA, recovery);
}

/** Signs that nothing of `stack` needs a backup plan. */
export function recoverStackOtherwise(stack: Stack, recovery: OtherRecovery): void {
  stack.templateOptions.metadata = { ...stack.templateOptions.metadata, [METADATA]: recovery };
}
