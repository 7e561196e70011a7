import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ReaderScaling, type ReaderScalingProps } from '../../../lib/constructs/database/reader-scaling';
import { testDatabase } from './fixtures';

function scaled(props: Partial<ReaderScalingProps> = {}, readers = 2) {
  const { stack, database } = testDatabase({ readers });
  new ReaderScaling(stack, 'Scaling', { database, maxReaders: 6, target: { kind: 'cpu', percent: 60 }, ...props });
  return Template.fromStack(stack);
}

test('scales between the fixed readers and the most allowed, with the role that can', () => {
  scaled().hasResource('AWS::ApplicationAutoScaling::ScalableTarget', {
    Properties: {
      MinCapacity: 2,
      MaxCapacity: 6,
      ServiceNamespace: 'rds',
      ScalableDimension: 'rds:cluster:ReadReplicaCount',
      ResourceId: { 'Fn::Join': ['', ['cluster:', { Ref: Match.stringLikeRegexp('DatabaseCluster') }]] },
      RoleARN: {
        'Fn::Join': [
          '',
          Match.arrayWith([Match.stringLikeRegexp('AWSServiceRoleForApplicationAutoScaling_RDSCluster$')]),
        ],
      },
    },
    // The instances must be there first.
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('Reader1'), Match.stringLikeRegexp('Writer')]),
  });
});

test('tracks the average CPU of the readers, quick to add and slow to remove', () => {
  scaled().hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
    TargetTrackingScalingPolicyConfiguration: {
      PredefinedMetricSpecification: { PredefinedMetricType: 'RDSReaderAverageCPUUtilization' },
      TargetValue: 60,
      ScaleOutCooldown: 300,
      ScaleInCooldown: 900,
    },
  });
});

test('tracks connections by choice, with the chosen cool-downs', () => {
  scaled({
    target: { kind: 'connections', perReader: 500 },
    scaleOutCooldown: Duration.minutes(2),
    scaleInCooldown: Duration.minutes(30),
  }).hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
    TargetTrackingScalingPolicyConfiguration: {
      PredefinedMetricSpecification: { PredefinedMetricType: 'RDSReaderAverageDatabaseConnections' },
      TargetValue: 500,
      ScaleOutCooldown: 120,
      ScaleInCooldown: 1800,
    },
  });
});

test('makes no role of its own', () => {
  const roles = scaled().findResources('AWS::IAM::Role', {
    Properties: {
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: Match.stringLikeRegexp('autoscaling') } }] },
    },
  });
  expect(roles).toEqual({});
});

test('fails when there is no fixed reader', () => {
  expect(() => scaled({}, 0)).toThrow(
    '`database.readers` must be at least 1 for readers to scale, got 0: auto scaling reads the metrics of a reader, ' +
      'and without one it never starts',
  );
});

test('fails when fewer readers are allowed than are fixed', () => {
  expect(() => scaled({ maxReaders: 1 })).toThrow('`maxReaders` must not be below `database.readers`, got 1 and 2');
});

test('fails when more readers are allowed than a cluster can have', () => {
  expect(() => scaled({ maxReaders: 16 })).toThrow('`maxReaders` must be between 1 and 15, got 16');
});

test.each([
  [{ kind: 'cpu', percent: 0 } as const, '`target.percent` must be between 1 and 99, got 0'],
  [{ kind: 'connections', perReader: 0 } as const, '`target.perReader` must be between 1 and 5000, got 0'],
])('fails when the target can never be kept: %p', (target, message) => {
  expect(() => scaled({ target })).toThrow(message);
});
