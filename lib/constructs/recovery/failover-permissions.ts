import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { addedInstance } from './failover-database';
import { FAILOVER_CALLS } from './failover-step';
import type { FailoverSubject } from './failover-subject';

/** Actions whose resources are unknown or have ids that are made when they are. */
const ON_ALL: readonly string[] = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:RegisterScalableTarget',
  'cloudwatch:GetMetricStatistics',
  'rds:DescribeDBInstances',
  'rds:DescribeDBProxyTargets',
  'rds:RegisterDBProxyTargets',
];

/** Lets `role` make the calls of the steps, on what they are about. */
export function permitFailover(scope: Construct, role: iam.IRole, subject: FailoverSubject, namespace: string): void {
  const actions = Object.values(FAILOVER_CALLS).filter((action) => !ON_ALL.includes(action));
  const named = Object.entries(resourcesOf(Stack.of(scope), subject)).flatMap(([service, resources]) => {
    const ofService = actions.filter((action) => action.startsWith(`${service}:`));
    return resources.length === 0 ? [] : [new iam.PolicyStatement({ actions: ofService, resources: [...resources] })];
  });
  new iam.Policy(scope, 'Permissions', { roles: [role], statements: named });
  const general = new iam.Policy(scope, 'GeneralPermissions', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({ actions: [...ON_ALL], resources: ['*'] }),
      new iam.PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
      }),
    ],
  });
  Validations.of(general).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'metrics and look-ups have no resource types; pools and scalable targets are known to IAM by ids that nobody can name before they are there',
  });
}

/** By the prefix of the actions. */
function resourcesOf(stack: Stack, subject: FailoverSubject): Readonly<Record<string, readonly string[]>> {
  const { from, to } = subject;
  const globalCluster = stack.formatArn({
    service: 'rds',
    region: '',
    resource: 'global-cluster',
    resourceName: subject.globalCluster,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return {
    'cloudfront-keyvaluestore': [subject.keyValueStoreArn],
    rds: [
      globalCluster,
      from.databaseClusterArn,
      to.databaseClusterArn,
      stack.formatArn({
        service: 'rds',
        resource: 'db',
        resourceName: addedInstance(to),
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
    ecs: [stack.formatArn({ service: 'ecs', resource: 'service', resourceName: `${to.serviceCluster}/${to.service}` })],
    lambda: [subject.probeArn],
    // Secrets Manager adds six characters to a name.
    secretsmanager: to.secrets.map((name) =>
      stack.formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: `${name}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ),
  };
}
