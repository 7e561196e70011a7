import { Duration } from 'aws-cdk-lib';
import { AuroraDatabase, type AuroraDatabaseProps } from '../../../lib/constructs/database/aurora-database';
import { testStack } from '../testing';

/** A database with the least that must be said, in a stack of its own unless one is given. */
export function testDatabase(props: Partial<AuroraDatabaseProps> = {}, { stack, vpc, vpcSubnets } = testStack()) {
  const database = new AuroraDatabase(stack, 'Database', {
    vpc,
    vpcSubnets,
    readers: 2,
    thresholds: { slowQuery: Duration.millis(50) },
    capacity: { kind: 'provisioned', instanceClass: 'r8g.large' },
    storage: 'standard',
    backupRetention: Duration.days(7),
    insights: 'standard',
    deletionProtection: true,
    removal: 'retain',
    planManagement: false,
    ...props,
  });
  return { stack, vpc, vpcSubnets, database };
}
