import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EdgeWarmer, type EdgeWarmerProps } from '../constructs/cache-warming/edge-warmer';

export interface EdgeWarmingStackProps extends StackProps, EdgeWarmerProps {}

/** What warms the CDN from one region besides the primary. Stateless; it knows no other stack (docs/decisions/0089). */
export class EdgeWarmingStack extends Stack {
  public constructor(scope: Construct, id: string, { environment, logRetention, ...props }: EdgeWarmingStackProps) {
    super(scope, id, props);
    new EdgeWarmer(this, 'EdgeWarmer', { environment, logRetention });
  }
}
