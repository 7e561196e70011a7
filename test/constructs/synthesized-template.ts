import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { context } from '../../cdk.json';

/** The template of one stack that `build` fills, with the flags that the platform itself is synthesized with. */
export function synthesizedTemplate(build: (stack: Stack) => void): Template {
  const stack = newStack();
  build(stack);
  return Template.fromStack(stack);
}

/** An empty stack in a region, because logs of load balancers need to know theirs. */
export function newStack(): Stack {
  return new Stack(new App({ context }), 'Stack', { env: { region: 'us-east-1' } });
}

/** A VPC with the platform's subnet names, without its extras. */
export function newVpc(stack: Stack): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', {
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      { name: 'public', subnetType: ec2.SubnetType.PUBLIC },
    ],
  });
}
