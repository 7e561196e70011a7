import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PlatformNetwork, type PlatformNetworkProps } from '../constructs/network/platform-network';

export interface NetworkStackProps extends StackProps {
  readonly network: PlatformNetworkProps;
}

/** The ground that the other stacks stand on. Nothing here is data, but replacing it replaces everything. */
export class NetworkStack extends Stack {
  public readonly network: PlatformNetwork;

  public constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    this.network = new PlatformNetwork(this, 'Network', props.network);
  }
}
