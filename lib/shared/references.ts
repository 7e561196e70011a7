import { CrossStackReferences, ReferenceStrength, type Stack } from 'aws-cdk-lib';

/**
 * Makes what `stack` uses of other stacks in its region pin them: CloudFormation then refuses to remove or replace what
 * is in use. Must run before the stack has children (docs/decisions/0004).
 */
export function pinReferences(stack: Stack): void {
  CrossStackReferences.of(stack).consume(ReferenceStrength.STRONG);
}
