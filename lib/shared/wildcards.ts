import { type CfnElement, Stack, Token, Validations } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** Answers for a permission of `scope` on all objects of a bucket below `prefix`. */
export function acknowledgeObjects(scope: IConstruct, bucket: s3.Bucket, prefix: string, reason: string): void {
  const id: unknown = Stack.of(bucket).resolve((bucket.node.defaultChild as CfnElement).logicalId);
  acknowledgeResource(scope, `<${String(id)}.Arn>/${prefix}`, reason);
}

/** Answers for a permission of `scope` on `resource`, spelled as cdk-nag spells it. */
export function acknowledgeResource(scope: IConstruct, resource: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
}

/** An ARN as cdk-nag spells it: what is known only at deploy time by its name. */
export function spelledArn(scope: IConstruct, service: string, resource: string, region?: string): string {
  const stack = Stack.of(scope);
  const spelled = (value: string, name: string): string => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  const place = region ?? spelled(stack.region, 'Region');
  const [partition, account] = [spelled(stack.partition, 'Partition'), spelled(stack.account, 'AccountId')];
  return `arn:${partition}:${service}:${place}:${account}:${resource}`;
}
