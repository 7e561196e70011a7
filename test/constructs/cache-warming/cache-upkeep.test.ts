import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { context } from '../../../cdk.json';
import { CacheInvalidator, type CacheInvalidatorProps } from '../../../lib/constructs/cache-warming/cache-invalidator';
import { CacheWarmer, type CacheWarmerProps } from '../../../lib/constructs/cache-warming/cache-warmer';
import { EdgeWarmer } from '../../../lib/constructs/cache-warming/edge-warmer';
import { testDataTier } from '../data-access/fixtures';

function surroundings() {
  const app = new App({ context });
  const { access, vpc, vpcSubnets } = testDataTier(app);
  const stack = new Stack(app, 'Upkeep');
  const common = {
    data: access,
    network: { vpc, vpcSubnets },
    metricsNamespace: 'Headroom/Test',
    logRetention: RetentionDays.ONE_WEEK,
  };
  return { stack, common };
}

function warmer(props: Partial<CacheWarmerProps> = {}) {
  const { stack, common } = surroundings();
  const made = new CacheWarmer(stack, 'Warmer', {
    ...common,
    environment: 'test',
    databaseCpus: 2,
    every: Duration.minutes(5),
    trendingEvery: Duration.minutes(1),
    shortestTtl: Duration.minutes(10),
    maxKeys: 1_000,
    connections: 2,
    edge: { maxRequests: 50, monthlyRequests: 10_000, regions: [] },
    service: ecs.FargateService.fromFargateServiceArn(
      stack,
      'Service',
      'arn:aws:ecs:us-east-1:111111111111:service/c/s',
    ),
    cluster: rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', { clusterIdentifier: 'aurora' }),
    viewerHost: 'www.example.com',
    ...props,
  });
  return { made, template: () => Template.fromStack(stack) };
}

function invalidator(props: Partial<CacheInvalidatorProps> = {}) {
  const { stack, common } = surroundings();
  const made = new CacheInvalidator(stack, 'Invalidator', {
    ...common,
    window: Duration.seconds(5),
    wildcardFrom: 200,
    monthlyPaths: 1_000,
    whenSpent: 'wildcard',
    bus: new events.EventBus(stack, 'Bus'),
    distribution: new cloudfront.Distribution(stack, 'Distribution', {
      defaultBehavior: { origin: new HttpOrigin('origin.example.com') },
    }),
    ...props,
  });
  return { made, template: () => Template.fromStack(stack) };
}

test('the cache is warmed every five minutes, and what trends every minute', () => {
  const template = warmer().template();
  const schedules = Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => [
    Properties.ScheduleExpression,
    Properties.Targets[0].Input,
  ]);
  expect(schedules).toContainEqual(['rate(5 minutes)', '{"warm":"all","reason":"schedule"}']);
  expect(schedules).toContainEqual(['rate(1 minute)', '{"warm":"trending"}']);
});

test.each([
  ['a deployment', { source: ['aws.ecs'], detail: { eventName: ['SERVICE_DEPLOYMENT_COMPLETED'] } }],
  ['a failover', { source: ['aws.rds'], detail: { EventCategories: ['failover'], SourceIdentifier: ['aurora'] } }],
  ['an invalidation', { source: ['headroom.cache'], 'detail-type': ['CacheInvalidated'] }],
])('the cache is warmed after %s', (_, pattern) => {
  warmer()
    .template()
    .hasResourceProperties('AWS::Events::Rule', { EventPattern: Match.objectLike(pattern) });
});

test('one run at a time, which ends before the next is due', () => {
  warmer()
    .template()
    .hasResourceProperties('AWS::Lambda::Function', {
      ReservedConcurrentExecutions: 1,
      Timeout: 240,
      Environment: {
        Variables: Match.objectLike({
          WARM_EVERY_SECONDS: '300',
          WARM_CONCURRENCY: '2',
          WARM_MAX_CPU_SESSIONS: '2',
          WARM_EDGE_ORIGIN: 'https://www.example.com',
          WARM_EDGE_MONTHLY_REQUESTS: '10000',
          METRICS_NAMESPACE: 'Headroom/Test',
        }),
      },
    });
});

test('a CDN that is not to be warmed is not named', () => {
  const [fn] = Object.values(warmer({ edge: 'none' }).template().findResources('AWS::Lambda::Function'));
  const { made } = warmer({ edge: 'none' });
  expect(fn?.Properties.Environment.Variables).not.toHaveProperty('WARM_EDGE_ORIGIN');
  expect([made.edgeRegions, made.otherRegions]).toEqual([[], []]);
});

interface Statement {
  readonly Action: string | readonly string[];
}

/** What the roles of a template may do. */
const statementsOf = (template: Template): Statement[] =>
  Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }): Statement[] => Properties.PolicyDocument.Statement,
  );

const elsewhere = { maxRequests: 50, monthlyRequests: 10_000, regions: ['us-west-2', 'eu-west-1'] };

test('other regions are called by name, and nothing else is', () => {
  const template = warmer({ edge: elsewhere }).template();
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        WARM_EDGE_REGIONS: 'us-west-2,eu-west-1',
        WARM_EDGE_FUNCTION: 'headroom-test-edge-warmer',
      }),
    },
  });
  const arn = (region: string) => ({
    'Fn::Join': [
      '',
      [
        'arn:',
        { Ref: 'AWS::Partition' },
        `:lambda:${region}:`,
        { Ref: 'AWS::AccountId' },
        ':function:headroom-test-edge-warmer',
      ],
    ],
  });
  expect(statementsOf(template).filter(({ Action }) => Action === 'lambda:InvokeFunction')).toEqual([
    { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: [arn('eu-west-1'), arn('us-west-2')] },
  ]);
});

test('without other regions it may call nobody', () => {
  const template = warmer().template();
  expect(statementsOf(template).filter(({ Action }) => Action === 'lambda:InvokeFunction')).toEqual([]);
  expect(JSON.stringify(template.toJSON())).not.toContain('WARM_EDGE_REGIONS');
});

test('what asks in another region has the name that it is called by, no network and no permission but its log', () => {
  const stack = new Stack(new App({ context }), 'Elsewhere', { env: { region: 'us-west-2' } });
  const made = new EdgeWarmer(stack, 'EdgeWarmer', { environment: 'test', logRetention: RetentionDays.ONE_WEEK });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'headroom-test-edge-warmer',
    VpcConfig: Match.absent(),
    Timeout: 240,
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  expect(
    statementsOf(template)
      .flatMap(({ Action }) => Action)
      .sort(),
  ).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments']);
  expect(made.warmer.failures).toBeUndefined();
});

test.each([
  [{ every: Duration.minutes(10) }, '`every` must be shorter than `shortestTtl` less its jitter (540 s), got 600 s'],
  [
    { every: Duration.minutes(9) },
    '(540 s), got 540 s: what is warmed would expire before the next run; warm more often',
  ],
  [{ trendingEvery: Duration.minutes(6) }, '`trendingEvery` must not be longer than `every`, got 360 s and 300 s'],
  [{ every: Duration.seconds(30) }, '`every (seconds)` must be between 60 and 86400, got 30'],
  [{ maxKeys: 0 }, '`maxKeys` must be between 1 and 100000, got 0'],
  [{ connections: 33 }, '`connections` must be between 1 and 32, got 33'],
  [{ databaseCpus: 0 }, '`databaseCpus` must be between 1 and 1000, got 0'],
  [
    { edge: { ...elsewhere, maxRequests: 2 } },
    '`edge.maxRequests` must be at least 3, one for each region that the CDN is warmed from, got 2; raise it or name ' +
      'fewer `edge.regions`',
  ],
  [{ edge: { ...elsewhere, monthlyRequests: 1 } }, '`edge.monthlyRequests` must be at least 3, one for each region'],
])('fails when the warming cannot work: %j', (props, problem) => {
  expect(() => warmer(props)).toThrow(problem);
});

test('changes are kept until every tier was told, and what is no change is kept for people', () => {
  const template = invalidator().template();
  template.hasResourceProperties('AWS::SQS::Queue', {
    VisibilityTimeout: 60,
    RedrivePolicy: Match.objectLike({ maxReceiveCount: 60 }),
  });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { source: ['headroom.application'], 'detail-type': ['ItemChanged'] },
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
  });
});

test('no change waits for a batch to fill, for an execution that the schedule has, or for more than a minute for one that died', () => {
  const template = invalidator().template();
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: Match.absent(),
    ScalingConfig: { MaximumConcurrency: 3 },
  });
  // Of four, the queue may have three; a message is hidden for twice as long as an execution may take.
  template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 4, Timeout: 30 });
});

test('it may put what is left when its time is up into its own queue', () => {
  const template = invalidator().template();
  const [queue] = Object.keys(template.findResources('AWS::SQS::Queue', { Properties: { VisibilityTimeout: 60 } }));
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ CHANGES_QUEUE_URL: { Ref: queue } }) },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: Match.objectLike({
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: Match.arrayWith(['sqs:SendMessage']),
          Resource: Match.arrayWith([{ 'Fn::GetAtt': [queue, 'Arn'] }]),
        }),
      ]),
    }),
  });
});

test('what CloudFront refused is sent again every minute', () => {
  invalidator()
    .template()
    .hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [Match.objectLike({ Input: '{"flush":true}' })],
    });
});

test('it may invalidate this distribution, and no other', () => {
  invalidator()
    .template()
    .hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          {
            Action: ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'],
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', Match.arrayWith([{ Ref: Match.stringLikeRegexp('^Distribution') }])] },
          },
        ]),
      }),
    });
});

test.each([
  [{ window: Duration.minutes(2) }, '`window (seconds)` must be between 0.1 and 60, got 120'],
  [{ wildcardFrom: 1 }, '`wildcardFrom` must be between 2 and 3000, got 1'],
  [{ monthlyPaths: -1 }, '`monthlyPaths` must be between 0 and 10000000, got -1'],
])('fails when the purging cannot work: %j', (props, problem) => {
  expect(() => invalidator(props)).toThrow(problem);
});

test('its metrics are those that its code writes', () => {
  const { made } = warmer();
  const { made: purger } = invalidator();
  const names = [
    made.metricEffectiveness(),
    made.metricMissesAvoided(),
    made.metricWarmHits(),
    made.metricWarmedKeys(),
    made.metricCost(),
    made.metricEdgeFilled('us-west-2'),
    made.metricRegionFailures('us-west-2'),
    purger.metricPending(),
    purger.metricDelay(),
  ].map(({ namespace, metricName }) => `${namespace} ${metricName}`);
  expect(names).toEqual([
    'Headroom/Test cache_warming_effectiveness',
    'Headroom/Test cache_misses_avoided_total',
    'Headroom/Test cache_warm_hits_total',
    'Headroom/Test cache_warmed_keys_total',
    'Headroom/Test cache_warming_cost_usd',
    'Headroom/Test cache_warming_edge_requests_total',
    'Headroom/Test cache_warming_region_failures_total',
    'Headroom/Test cdn_invalidation_pending',
    'Headroom/Test cdn_invalidation_delay_seconds',
  ]);
  expect(made.metricEdgeFilled('us-west-2').dimensions).toEqual({ region: 'us-west-2', result: 'miss' });
  expect(made.metricRegionFailures('us-west-2').dimensions).toEqual({ region: 'us-west-2' });
  expect(purger.metricDeadLetters().metricName).toBe('ApproximateNumberOfMessagesVisible');
  expect(purger.metricOldestChange().metricName).toBe('ApproximateAgeOfOldestMessage');
});
