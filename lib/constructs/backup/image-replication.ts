import { Aws } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Construct } from 'constructs';

export interface ImageReplicationProps {
  /** The recovery region. */
  readonly region: string;
}

/**
 * Replicates the images that deployments push, under the name that they have here. A registry has one such setting, so
 * one environment of an account and region may have this; images from before are not replicated.
 */
export class ImageReplication extends Construct {
  public constructor(scope: Construct, id: string, { region }: ImageReplicationProps) {
    super(scope, id);
    new ecr.CfnReplicationConfiguration(this, 'Resource', {
      replicationConfiguration: {
        rules: [
          {
            destinations: [{ region, registryId: Aws.ACCOUNT_ID }],
            // The repository that `cdk bootstrap` makes.
            repositoryFilters: [{ filterType: 'PREFIX_MATCH', filter: 'cdk-hnb659fds-container-assets' }],
          },
        ],
      },
    });
  }
}
