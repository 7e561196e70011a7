import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** What Application Auto Scaling uses for its service-linked role in each service. */
const ROLES = {
  rds: 'AWSServiceRoleForApplicationAutoScaling_RDSCluster',
  elasticache: 'AWSServiceRoleForApplicationAutoScaling_ElastiCacheRG',
} as const;

/**
 * The role that Application Auto Scaling really uses; AWS makes it with the first target of the account. Without it the
 * L2 makes a role of its own, which may do nothing and is ignored.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
 */
export function autoScalingRole(scope: Construct, service: keyof typeof ROLES): iam.IRole {
  const arn = Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: `role/aws-service-role/${service}.application-autoscaling.amazonaws.com`,
    resourceName: ROLES[service],
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  return iam.Role.fromRoleArn(scope, 'ServiceLinkedRole', arn, { mutable: false });
}
