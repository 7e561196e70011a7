import { Names } from 'aws-cdk-lib';
import type { ScalableTarget } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

/**
 * The target below a service's task count. The L2 keeps it private, and its own `scaleOnMetric` gives the alarms for
 * out and in the same periods and cool-down, which the required triggers do not have.
 */
export function scalableTargetOf(taskCount: ScalableTaskCount): ScalableTarget {
  return taskCount.node.findChild('Target') as ScalableTarget;
}

/** Name of an L1 scaling policy, which CloudFormation does not make up: unique because its place in the tree is. */
export function scalingPolicyName(scope: Construct, id: string): string {
  return `${Names.uniqueResourceName(scope, { maxLength: 200 })}${id}`;
}
