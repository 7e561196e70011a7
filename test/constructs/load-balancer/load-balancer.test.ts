import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { LoadBalancer, type LoadBalancerProps } from '../../../lib/constructs/load-balancer/load-balancer';
import type { BalancingAlgorithm } from '../../../lib/constructs/load-balancer/target-group';
import { newStack, newVpc, synthesizedTemplate } from '../synthesized-template';

const propsIn = (stack: Stack, props: Partial<LoadBalancerProps> = {}): LoadBalancerProps => ({
  vpc: newVpc(stack),
  vpcSubnets: { subnetGroupName: 'private' },
  targetPort: 8080,
  idleTimeout: Duration.seconds(65),
  deregistrationDelay: Duration.seconds(30),
  deletionProtection: true,
  stickiness: 'none',
  algorithm: { kind: 'least-outstanding-requests' },
  ...props,
});

const balancer = (props: Partial<LoadBalancerProps> = {}): Template =>
  synthesizedTemplate((stack) => new LoadBalancer(stack, 'LoadBalancer', propsIn(stack, props)));

const refusal = (props: Partial<LoadBalancerProps>) => () => {
  const stack = newStack();
  return new LoadBalancer(stack, 'LoadBalancer', propsIn(stack, props));
};

const attributes = (template: Template, type: string, key: string): Record<string, string> => {
  const [resource] = Object.values(template.findResources(type));
  const list = resource?.['Properties'][key] as { Key: string; Value: string }[];
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
};
const balancerAttributes = (template: Template) =>
  attributes(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerAttributes');
const targetAttributes = (template: Template) =>
  attributes(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'TargetGroupAttributes');

test('is internal, in the private subnets, and lets nobody in by itself', () => {
  const template = balancer();
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Scheme: 'internal',
    Subnets: [{ Ref: Match.stringLikeRegexp('privateSubnet1') }, { Ref: Match.stringLikeRegexp('privateSubnet2') }],
  });
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  template.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
});

test('is strict about what it passes on, cannot be deleted by accident and may leave a zone', () => {
  expect(balancerAttributes(balancer())).toMatchObject({
    'deletion_protection.enabled': 'true',
    'idle_timeout.timeout_seconds': '65',
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'routing.http.desync_mitigation_mode': 'strictest',
    'zonal_shift.config.enabled': 'true',
    'access_logs.s3.enabled': 'true',
    'connection_logs.s3.enabled': 'true',
  });
});

test('can be deleted where the environment says so', () => {
  expect(balancerAttributes(balancer({ deletionProtection: false }))['deletion_protection.enabled']).toBe('false');
});

test('asks each task for its liveness every ten seconds and gives it up after three failures', () => {
  balancer().hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    HealthCheckPath: '/health/live',
    HealthCheckIntervalSeconds: 10,
    HealthCheckTimeoutSeconds: 2,
    UnhealthyThresholdCount: 3,
    HealthyThresholdCount: 2,
    Matcher: { HttpCode: '200' },
  });
});

test('speaks HTTP without a certificate and TLS 1.2 or better with one', () => {
  balancer().hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' });
  const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/abc';
  const template = synthesizedTemplate((stack) => {
    const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn);
    return new LoadBalancer(stack, 'LoadBalancer', propsIn(stack, { certificate }));
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    Protocol: 'HTTPS',
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    Certificates: [{ CertificateArn: arn }],
  });
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
});

test.each<[BalancingAlgorithm, Record<string, string>]>([
  [{ kind: 'round-robin', slowStart: 'none' }, { 'load_balancing.algorithm.type': 'round_robin' }],
  [{ kind: 'round-robin', slowStart: Duration.seconds(60) }, { 'slow_start.duration_seconds': '60' }],
  [{ kind: 'least-outstanding-requests' }, { 'load_balancing.algorithm.type': 'least_outstanding_requests' }],
  [
    { kind: 'weighted-random', anomalyMitigation: true },
    {
      'load_balancing.algorithm.type': 'weighted_random',
      'load_balancing.algorithm.anomaly_mitigation': 'on',
    },
  ],
])('spreads requests by %j', (algorithm, expected) => {
  expect(targetAttributes(balancer({ algorithm }))).toMatchObject(expected);
});

test('drains for the time it is told and sticks to nothing unless told', () => {
  expect(targetAttributes(balancer())).toMatchObject({
    'deregistration_delay.timeout_seconds': '30',
    'stickiness.enabled': 'false',
  });
  expect(targetAttributes(balancer({ stickiness: Duration.hours(1) }))).toMatchObject({
    'stickiness.enabled': 'true',
    'stickiness.type': 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': '3600',
  });
});

test('has a second target group and a rule that moves between them when deployments shift traffic', () => {
  const template = balancer({ shiftsTraffic: true });
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 2);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
    Actions: [
      { ForwardConfig: { TargetGroups: [Match.objectLike({ Weight: 100 }), Match.objectLike({ Weight: 0 })] } },
    ],
  });
});

test('lets in who is let in, through the port of its listener', () => {
  const template = synthesizedTemplate((stack) => {
    const props = propsIn(stack);
    const client = new ec2.SecurityGroup(stack, 'Client', { vpc: props.vpc });
    const { connections } = new LoadBalancer(stack, 'LoadBalancer', props);
    connections.allowDefaultPortFrom(client, 'the client asks');
  });
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    FromPort: 80,
    ToPort: 80,
    Description: 'the client asks',
  });
});

// What AWS refuses at deployment is refused at synth; the type forbids it, plain JavaScript or a cast does not.
const untyped = (algorithm: unknown) => ({ algorithm: algorithm as BalancingAlgorithm });

test.each([
  [
    'slow start with least outstanding requests',
    untyped({ kind: 'least-outstanding-requests', slowStart: Duration.seconds(60) }),
    '`algorithm.slowStart` works with round-robin only, got least-outstanding-requests; leave it out or use round-robin',
  ],
  [
    'slow start with weighted random',
    untyped({ kind: 'weighted-random', anomalyMitigation: false, slowStart: Duration.seconds(60) }),
    '`algorithm.slowStart` works with round-robin only, got weighted-random',
  ],
  [
    'anomaly mitigation with round robin',
    untyped({ kind: 'round-robin', slowStart: 'none', anomalyMitigation: true }),
    '`algorithm.anomalyMitigation` works with weighted-random only, got round-robin',
  ],
  [
    'too short a slow start',
    untyped({ kind: 'round-robin', slowStart: Duration.seconds(29) }),
    '`algorithm.slowStart (seconds)` must be between 30 and 900, got 29',
  ],
  ['a cookie for eight days', { stickiness: Duration.days(8) }, '`stickiness (seconds)` must be between 1 and 604800'],
  [
    'two hours of draining',
    { deregistrationDelay: Duration.hours(2) },
    '`deregistrationDelay (seconds)` must be between 0 and 3600, got 7200',
  ],
  [
    'an idle time-out of two hours',
    { idleTimeout: Duration.hours(2) },
    '`idleTimeout (seconds)` must be between 1 and 4000',
  ],
])('fails when given %s', (_what, props, message) => {
  expect(refusal(props)).toThrow(message);
});
