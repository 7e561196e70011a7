import { Match } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { PlatformNetwork, type PlatformNetworkProps } from '../../../lib/constructs/network/platform-network';
import { newStack, synthesizedTemplate } from '../synthesized-template';

const minimal: PlatformNetworkProps = {
  availabilityZones: ['us-east-1a', 'us-east-1b'],
  cidr: '10.0.0.0/16',
  natGateways: 1,
  interfaceEndpoints: [],
  flowLogs: 'rejected',
};

const network = (props: Partial<PlatformNetworkProps> = {}) =>
  synthesizedTemplate((stack) => new PlatformNetwork(stack, 'Network', { ...minimal, ...props }));

test('has a public, a private and an isolated subnet in each zone', () => {
  const template = network();
  for (const zone of minimal.availabilityZones) {
    const subnets = template.findResources('AWS::EC2::Subnet', { Properties: { AvailabilityZone: zone } });
    expect(Object.keys(subnets)).toHaveLength(3);
  }
});

test('gives no instance a public address by itself', () => {
  network().allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
});

test('reaches S3 and DynamoDB without a NAT gateway', () => {
  const template = network();
  template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }, 2);
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
});

test('writes rejected connections to a log group that forgets after a month', () => {
  const template = network();
  template.hasResourceProperties('AWS::EC2::FlowLog', {
    TrafficType: 'REJECT',
    LogDestinationType: 'cloud-watch-logs',
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
});

test('logs all connections for as long as it is told', () => {
  const template = network({ flowLogs: 'all', flowLogRetention: RetentionDays.ONE_YEAR });
  template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL' });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
});

test.each([1, 2])('has %d NAT gateways when asked for', (natGateways) => {
  network({ natGateways }).resourceCountIs('AWS::EC2::NatGateway', natGateways);
});

test('has no way out without NAT: neither gateway nor route', () => {
  const template = network({ natGateways: 'none' });
  template.resourceCountIs('AWS::EC2::NatGateway', 0);
  template.resourceCountIs('AWS::EC2::EIP', 0);
  // What is left are the public subnets' routes to the internet gateway.
  const routes = Object.values(template.findResources('AWS::EC2::Route'));
  expect(routes).toHaveLength(2);
  expect(routes.every((route) => route['Properties'].GatewayId !== undefined)).toBe(true);
});

test('puts interface endpoints into the isolated subnets, with private names', () => {
  const template = network({ interfaceEndpoints: ['ecr-api', 'logs'] });
  template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 2);
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Interface',
    ServiceName: 'com.amazonaws.us-east-1.ecr.api',
    PrivateDnsEnabled: true,
    SubnetIds: [{ Ref: Match.stringLikeRegexp('isolatedSubnet1') }, { Ref: Match.stringLikeRegexp('isolatedSubnet2') }],
  });
});

test.each([
  ['one zone', { availabilityZones: ['us-east-1a'] }, '`availabilityZones (count)` must be between 2 and 3, got 1'],
  [
    'a zone twice',
    { availabilityZones: ['us-east-1a', 'us-east-1a'] },
    '`availabilityZones` must differ from each other',
  ],
  ['more gateways than zones', { natGateways: 3 }, '`natGateways` must be between 1 and 2, got 3'],
  ['zero gateways', { natGateways: 0 }, '`natGateways` must be between 1 and 2, got 0'],
  ['half a gateway', { natGateways: 1.5 }, '`natGateways` must be a whole number, got 1.5'],
  ['too small a range', { cidr: '10.0.0.0/24' }, '`cidr (prefix length)` must be between 16 and 19, got 24'],
  ['an endpoint twice', { interfaceEndpoints: ['sqs', 'sqs'] }, '`interfaceEndpoints` must not name an endpoint twice'],
] as const)('fails when given %s', (_what, props, message) => {
  expect(() => new PlatformNetwork(newStack(), 'Network', { ...minimal, ...props })).toThrow(message);
});

test('fails with every problem at once', () => {
  const broken = { ...minimal, natGateways: 5, cidr: '10.0.0.0/28' };
  expect(() => new PlatformNetwork(newStack(), 'Network', broken)).toThrow(
    "invalid props at 'Stack/Network':\n" +
      '  - `natGateways` must be between 1 and 2, got 5\n' +
      '  - `cidr (prefix length)` must be between 16 and 19, got 28',
  );
});
