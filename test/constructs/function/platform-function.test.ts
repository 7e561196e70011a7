import { App, Duration, Stack as NewStack, Size, type Stack, Stage } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { S3EventSourceV2 } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { PlatformFunction } from '../../../lib/constructs/function/platform-function';
import type { PlatformFunctionProps } from '../../../lib/constructs/function/platform-function-props';
import { checkConcurrencyPool } from '../../../lib/constructs/scaling/concurrency-pool';
import { newStack, newVpc, synthesizedTemplate } from '../synthesized-template';

const required = { name: 'key-rotation', description: 'Does something' };
type Optional = Partial<PlatformFunctionProps>;

const functionIn = (stack: Stack, props: Optional = {}): PlatformFunction =>
  new PlatformFunction(stack, 'Worker', { ...required, ...props });

const template = (props: Optional = {}): Template =>
  synthesizedTemplate((stack) => {
    functionIn(stack, props);
  });

/** Every action that a function's role has, by the resource it is allowed on. */
function permissions(of: Template): Record<string, string[]> {
  const statements = Object.values(of.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
  );
  return Object.fromEntries(
    statements.map(({ Action, Resource }) => [JSON.stringify(Resource), [Action].flat()] as const),
  );
}

test('by default it is small, on Node 24 and ARM64, traced, and its lines are JSON', () => {
  template().hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
    MemorySize: 256,
    Timeout: 30,
    TracingConfig: { Mode: 'Active' },
    LoggingConfig: {
      LogFormat: 'JSON',
      ApplicationLogLevel: 'INFO',
      SystemLogLevel: 'WARN',
      LogGroup: { Ref: Match.stringLikeRegexp('WorkerLogs') },
    },
    Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'key-rotation', POWERTOOLS_LOG_LEVEL: 'INFO' } },
    ReservedConcurrentExecutions: Match.absent(),
    VpcConfig: Match.absent(),
  });
});

test('its logs end after three months', () => {
  template().hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

test('a role of its own may write its log and traces, nothing else', () => {
  expect(permissions(template())).toEqual({
    '"*"': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    '{"Fn::GetAtt":["WorkerLogs4B5B6506","Arn"]}': ['logs:CreateLogStream', 'logs:PutLogEvents'],
  });
});

test('without traces it has no permission on everything', () => {
  const untraced = template({ tracing: false });
  untraced.hasResourceProperties('AWS::Lambda::Function', { TracingConfig: Match.absent() });
  expect(Object.keys(permissions(untraced))).not.toContain('"*"');
});

test('takes what it is given', () => {
  template({
    memory: Size.gibibytes(1),
    timeout: Duration.minutes(15),
    logLevel: 'DEBUG',
    systemLogLevel: lambda.SystemLogLevel.INFO,
    logRetention: logs.RetentionDays.ONE_WEEK,
    metricsNamespace: 'Headroom/Test',
    environment: { COLOUR: 'red' },
    reservedConcurrency: 5,
  }).hasResourceProperties('AWS::Lambda::Function', {
    MemorySize: 1024,
    Timeout: 900,
    ReservedConcurrentExecutions: 5,
    LoggingConfig: { ApplicationLogLevel: 'DEBUG', SystemLogLevel: 'INFO' },
    Environment: {
      Variables: {
        COLOUR: 'red',
        POWERTOOLS_LOG_LEVEL: 'DEBUG',
        POWERTOOLS_METRICS_NAMESPACE: 'Headroom/Test',
        METRICS_NAMESPACE: 'Headroom/Test',
      },
    },
  });
});

test('keeps metrics, which are lines without a level, when its own lines are only errors', () => {
  template({ logLevel: 'ERROR' }).hasResourceProperties('AWS::Lambda::Function', {
    LoggingConfig: { ApplicationLogLevel: 'INFO' },
    Environment: { Variables: { POWERTOOLS_LOG_LEVEL: 'ERROR' } },
  });
});

test('in a VPC it has a security group of its own, and waits for the permission to attach', () => {
  const inVpc = synthesizedTemplate((stack) => {
    functionIn(stack, { network: { vpc: newVpc(stack), vpcSubnets: { subnetGroupName: 'private' } } });
  });
  inVpc.hasResource('AWS::Lambda::Function', {
    Properties: {
      VpcConfig: {
        SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('WorkerSecurityGroup'), 'GroupId'] }],
        SubnetIds: [Match.anyValue(), Match.anyValue()],
      },
    },
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('WorkerRuntimePolicy')]),
  });
  expect(permissions(inVpc)['"*"']).toContain('ec2:CreateNetworkInterface');
});

describe('events that nobody waits for', () => {
  const onSchedule = (stack: Stack, worker: PlatformFunction): void => {
    new events.Rule(stack, 'Rule', {
      schedule: events.Schedule.rate(Duration.days(1)),
      targets: [new targets.LambdaFunction(worker.function)],
    });
  };

  test('end in an encrypted queue when they are given up', () => {
    const queued = synthesizedTemplate((stack) => {
      const worker = functionIn(stack, { onFailure: 'queue', retryAttempts: 1, maxEventAge: Duration.hours(1) });
      onSchedule(stack, worker);
      expect(worker.failures).toBeInstanceOf(sqs.Queue);
    });
    queued.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('Failures'), 'Arn'] } } },
      MaximumRetryAttempts: 1,
      MaximumEventAgeInSeconds: 3600,
    });
    queued.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
  });

  test('may end at a destination', () => {
    const sent = synthesizedTemplate((stack) => {
      onSchedule(stack, functionIn(stack, { onFailure: new SqsDestination(new sqs.Queue(stack, 'Shared')) }));
    });
    sent.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('Shared'), 'Arn'] } } },
    });
  });

  test('fail the synthesis when they would be lost, and say who sends them', () => {
    expect(() =>
      synthesizedTemplate((stack) => {
        const worker = functionIn(stack);
        onSchedule(stack, worker);
        worker.function.addEventSource(
          new S3EventSourceV2(s3.Bucket.fromBucketName(stack, 'Bucket', 'uploads'), {
            events: [s3.EventType.OBJECT_CREATED],
          }),
        );
      }),
    ).toThrow(
      '`onFailure` of Stack/Worker must be given: no answer is waited for by events.amazonaws.com, s3.amazonaws.com, and ' +
        "an event that is given up would be lost; say `onFailure: 'queue'` or name a destination",
    );
  });

  test('are no matter where the caller waits for the answer', () => {
    expect(() =>
      synthesizedTemplate((stack) => {
        functionIn(stack).function.addEventSourceMapping('Mapping', {
          eventSourceArn: new sqs.Queue(stack, 'Jobs').queueArn,
        });
      }),
    ).not.toThrow();
  });
});

test('counts in the pool of the account', () => {
  const app = new App();
  const stage = new Stage(app, 'Production');
  checkConcurrencyPool(stage, 1000);
  functionIn(new NewStack(stage, 'Stack', { env: { region: 'us-east-1' } }), { reservedConcurrency: 901 });
  expect(() => app.synth()).toThrow('got 901: Production/Stack/Worker/Function/Resource 901; reserve less');
});

test('its metrics are those of the function', () => {
  const stack = newStack();
  const worker = functionIn(stack);
  const described = [
    worker.metricInvocations(),
    worker.metricErrors(),
    worker.metricThrottles(),
    worker.metricDuration(),
    worker.metricConcurrentExecutions(),
    worker.metricAsyncEventsDropped(),
    worker.metricAsyncEventAge(),
    worker.metricEventsLost(),
  ].map(
    ({ namespace, metricName, statistic, period }) => `${namespace} ${metricName} ${statistic} ${period.toSeconds()}`,
  );
  expect(described).toEqual([
    'AWS/Lambda Invocations Sum 60',
    'AWS/Lambda Errors Sum 60',
    'AWS/Lambda Throttles Sum 60',
    'AWS/Lambda Duration p95 60',
    'AWS/Lambda ConcurrentExecutions Maximum 60',
    'AWS/Lambda AsyncEventsDropped Sum 60',
    'AWS/Lambda AsyncEventAge Maximum 60',
    'AWS/Lambda DestinationDeliveryFailures Sum 60',
  ]);
  expect(worker.metricErrors({ period: Duration.minutes(5) }).period.toMinutes()).toBe(5);
});

test.each<[string, Optional, string]>([
  [
    'a folder that was not built',
    { name: 'no-such-function' },
    "`name` must be a folder under lambda/ with a handler.ts, got 'no-such-function', and there is no " +
      'dist/lambda/no-such-function/index.js: npm run build',
  ],
  ['too little memory', { memory: Size.mebibytes(127) }, '`memory (MiB)` must be between 128 and 10240, got 127'],
  ['too much memory', { memory: Size.mebibytes(10_241) }, '`memory (MiB)` must be between 128 and 10240, got 10241'],
  ['a time-out of nothing', { timeout: Duration.seconds(0) }, '`timeout (seconds)` must be between 1 and 900, got 0'],
  ['a time-out too long', { timeout: Duration.seconds(901) }, '`timeout (seconds)` must be between 1 and 900, got 901'],
  ['too many attempts', { retryAttempts: 3 }, '`retryAttempts` must be between 0 and 2, got 3'],
  [
    'events too short',
    { maxEventAge: Duration.seconds(59) },
    '`maxEventAge (seconds)` must be between 60 and 21600, got 59',
  ],
  ['no execution', { reservedConcurrency: 0 }, '`reservedConcurrency` must be between 1 and 1000000, got 0'],
])('fails with %s', (_case, props, message) => {
  expect(() => template(props)).toThrow(message);
});

test('names every problem at once', () => {
  expect(() => template({ memory: Size.mebibytes(64), timeout: Duration.hours(1) })).toThrow(
    /`memory \(MiB\)`[\s\S]*`timeout \(seconds\)`/,
  );
});
