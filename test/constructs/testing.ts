import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import cdkJson from '../../cdk.json';

/** A stack of its own with the feature flags of `cdk.json`, and a VPC to put things into. */
export function testStack(): {
  readonly stack: Stack;
  readonly vpc: ec2.Vpc;
  readonly vpcSubnets: ec2.SubnetSelection;
} {
  const stack = new Stack(new App({ context: cdkJson.context }), 'Test');
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    natGateways: 0,
    subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
  });
  return { stack, vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } };
}
