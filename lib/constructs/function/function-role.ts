import { Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface FunctionRoleOptions {
  /** Whether Lambda writes traces in its name. */
  readonly tracing: boolean;

  /** Whether Lambda makes network interfaces in its name. */
  readonly inVpc: boolean;
}

/** What a function runs as, and what Lambda itself must be allowed before it can make the function. */
export interface FunctionRole {
  readonly role: iam.Role;
  readonly runtimePolicy: iam.Policy | undefined;
}

/** https://docs.aws.amazon.com/xray/latest/devguide/security_iam_id-based-policy-examples.html */
const TRACE = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
const ATTACH = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** A role for one function under `scope`; what has no resource to name is apart from what is granted later. */
export function createFunctionRole(scope: Construct, { tracing, inVpc }: FunctionRoleOptions): FunctionRole {
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const actions = [...(tracing ? TRACE : []), ...(inVpc ? ATTACH : [])];
  if (actions.length === 0) return { role, runtimePolicy: undefined };
  const runtimePolicy = new iam.Policy(scope, 'RuntimePolicy', {
    roles: [role],
    statements: [new iam.PolicyStatement({ actions, resources: ['*'] })],
  });
  Validations.of(runtimePolicy).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'what Lambda needs for traces and network interfaces, which have no name before they are there',
  });
  return { role, runtimePolicy };
}
