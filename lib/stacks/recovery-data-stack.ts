import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SecondaryDatabase, type SecondaryDatabaseProps } from '../constructs/recovery/secondary-database';
import { pinReferences } from '../shared/references';

export interface RecoveryDataStackProps extends StackProps {
  readonly database: SecondaryDatabaseProps;
}

/**
 * The data that the recovery region has all the time. It is found by name, so nothing of the primary region is needed
 * to change it.
 *
 * @stateful
 */
export class RecoveryDataStack extends Stack {
  public readonly database: SecondaryDatabase;

  public constructor(scope: Construct, id: string, props: RecoveryDataStackProps) {
    super(scope, id, props);
    pinReferences(this);
    this.database = new SecondaryDatabase(this, 'Database', props.database);
  }
}
