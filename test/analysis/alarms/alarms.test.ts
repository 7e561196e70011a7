import { CHECKS } from '../../../analysis/checks';
import { assemblyOf } from '../checks/template-assembly';

const TOPIC = { Type: 'AWS::SNS::Topic' };
const BALANCER = { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' };
const BY_BALANCER = [{ Name: 'LoadBalancer', Value: { 'Fn::GetAtt': ['Balancer', 'LoadBalancerFullName'] } }];

/** An alarm in order: mean CPU of a database above 80 % in three of five minutes. */
const sound = {
  Namespace: 'AWS/RDS',
  MetricName: 'CPUUtilization',
  Dimensions: [{ Name: 'DBClusterIdentifier', Value: { Ref: 'Cluster' } }],
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 5,
  DatapointsToAlarm: 3,
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 80,
  TreatMissingData: 'notBreaching',
  AlarmActions: [{ Ref: 'Topic' }],
};
const RUNBOOK = { 'Headroom::Alarm': { runbook: 'database-writer-cpu' } };

const stat = (id: string, name: string, of: string, more: object = {}) => ({
  Id: id,
  ReturnData: false,
  MetricStat: {
    Metric: { Namespace: 'AWS/ApplicationELB', MetricName: name, Dimensions: BY_BALANCER, ...more },
    Stat: of,
    Period: 60,
  },
});
const computed = (expression: string, threshold: number, ...metrics: object[]) => ({
  Metrics: [{ Id: 'e', Expression: expression }, ...metrics],
  EvaluationPeriods: 1,
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: threshold,
  TreatMissingData: 'notBreaching',
  AlarmActions: [{ Ref: 'Topic' }],
});

function findings(alarm: object, others: Record<string, object> = {}): string[] {
  const assembly = assemblyOf({
    Topic: TOPIC,
    Cluster: { Type: 'AWS::RDS::DBCluster' },
    Balancer: BALANCER,
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: alarm, Metadata: RUNBOOK },
    ...others,
  });
  return CHECKS.filter(({ id }) => id.startsWith('alarm-')).flatMap(({ id, find }) =>
    find(assembly).map(({ message }) => `${id}: ${message}`),
  );
}

test('an alarm in order has no finding', () => {
  expect(findings(sound)).toEqual([]);
});

describe('can fire', () => {
  const OUT_OF_REACH = 'alarm-can-fire: no series within the range of its metrics takes it from OK to ALARM and back';

  test.each<[string, object]>([
    ['above the largest value of the metric', { ...sound, Threshold: 100 }],
    ['below the smallest', { ...sound, ComparisonOperator: 'LessThanThreshold', Threshold: 0 }],
    ['at every value', { ...sound, ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: 0 }],
    [
      'an error rate above 100 %',
      computed(
        '100 * e5 / MAX([r, e5])',
        100,
        stat('e5', 'HTTPCode_Target_5XX_Count', 'Sum'),
        stat('r', 'RequestCount', 'Sum'),
      ),
    ],
    ['a share of slow requests above 100 %', computed('100 - w', 120, stat('w', 'TargetResponseTime', 'PR(:0.2)'))],
    [
      'a mean above its maximum',
      computed(
        'mean / most',
        1,
        stat('mean', 'TargetResponseTime', 'Average'),
        stat('most', 'TargetResponseTime', 'Maximum'),
      ),
    ],
    ['what is the same for all of one metric', computed('IF(r > 10, 0, 0)', 1, stat('r', 'RequestCount', 'Sum'))],
  ])('refuses a threshold %s', (_name, alarm) => {
    expect(findings(alarm)).toEqual([expect.stringContaining(OUT_OF_REACH)]);
  });

  test.each<[string, object]>([
    [
      'a rate over a sum',
      computed(
        '100 * FILL(e5, 0) / r',
        1,
        stat('e5', 'HTTPCode_Target_5XX_Count', 'Sum'),
        stat('r', 'RequestCount', 'Sum'),
      ),
    ],
    [
      'one zone against another',
      computed(
        'MAX([a, b]) / AVG([a, b])',
        1.5,
        stat('a', 'RequestCount', 'Sum'),
        stat('b', 'RequestCount', 'Sum', {
          Dimensions: [...BY_BALANCER, { Name: 'AvailabilityZone', Value: 'us-east-1a' }],
        }),
      ),
    ],
    [
      'a percentile that ignores few samples',
      {
        ...sound,
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'TargetResponseTime',
        Dimensions: BY_BALANCER,
        Statistic: undefined,
        ExtendedStatistic: 'p95',
        Threshold: 0.2,
        EvaluateLowSampleCountPercentile: 'ignore',
      },
    ],
    ['a value that falls', computed('IF(DIFF(r) < 0, 1, 0)', 0, stat('r', 'RequestCount', 'Sum'))],
    [
      'no data at all',
      { ...sound, Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
    ],
  ])('accepts %s', (_name, alarm) => {
    expect(findings(alarm)).toEqual([]);
  });

  test('says what cannot be played', () => {
    expect(findings(computed('ANOMALY_DETECTION_BAND(r)', 1, stat('r', 'RequestCount', 'Sum')))).toEqual([
      expect.stringContaining('ANOMALY_DETECTION_BAND: its model is trained by CloudWatch'),
    ]);
    expect(findings({ ...sound, Threshold: undefined })).toEqual([
      expect.stringContaining('a threshold or a number of periods that is not in the template cannot be judged'),
    ]);
  });
});

test.each<[string, object, string]>([
  ['a metric that is none', { MetricName: 'CpuUtilization' }, 'AWS/RDS CpuUtilization is not in'],
  [
    'a dimension that it has not',
    { Dimensions: [{ Name: 'Cluster', Value: 'a' }] },
    'no data under (Cluster), only under (DBClusterIdentifier)',
  ],
  [
    'somebody else’s database',
    { Dimensions: [{ Name: 'DBClusterIdentifier', Value: 'theirs' }] },
    "DBClusterIdentifier must name one of the platform's AWS::RDS::DBCluster",
  ],
  [
    'an API that is not there',
    {
      Namespace: 'AWS/ApiGateway',
      MetricName: '5XXError',
      Dimensions: [{ Name: 'ApiName', Value: 'Theirs' }],
      Statistic: 'Sum',
    },
    "ApiName must be the Name of one of the platform's AWS::ApiGateway::RestApi, got 'Theirs'",
  ],
  [
    'a role that is none',
    { Dimensions: [...sound.Dimensions, { Name: 'Role', Value: 'PRIMARY' }] },
    "Role must be like /^(WRITER|READER)$/, got 'PRIMARY'",
  ],
  ['a period between minutes', { Period: 45 }, 'a period of 45 s is none'],
  ['a period shorter than the datapoints are apart', { Period: 10 }, 'shorter than its datapoints are apart, 60 s'],
  [
    'a percentile of what has none',
    { Statistic: undefined, ExtendedStatistic: 'p95' },
    "it has no percentiles, and 'p95' needs them",
  ],
  ['a statistic that is none', { Statistic: 'Median' }, "'Median' is no statistic"],
  ['more than a day of minutes', { EvaluationPeriods: 1441 }, 'it looks back 86460 s, and CloudWatch 86400 s'],
  ['no word about missing data', { TreatMissingData: undefined }, 'it does not say what missing data is'],
])('refuses %s', (_name, change, message) => {
  expect(findings({ ...sound, ...change })).toEqual(
    expect.arrayContaining([
      expect.stringMatching(new RegExp(`^alarm-metric-exists: .*${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)),
    ]),
  );
});

test('more metrics than an alarm may have, in different periods', () => {
  const metrics = Array.from({ length: 11 }, (_, index) => stat(`m${index}`, 'RequestCount', 'Sum'));
  const [first, ...others] = metrics;
  const odd = { ...first, MetricStat: { ...first?.MetricStat, Period: 300 } };
  expect(findings(computed('SUM(METRICS())', 1, odd, ...others))).toEqual([
    'alarm-metric-exists: it has 11 metrics of at most 10: split it',
    'alarm-metric-exists: its metrics have different periods: give them one',
  ]);
});

describe('somebody learns of it', () => {
  const silent = { ...sound, AlarmActions: undefined };
  const signed = (rule: unknown, actions: unknown): Record<string, object> => ({
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: silent,
      Metadata: { 'Headroom::Alarm': { silent: 'the incident tells it' } },
    },
    Incident: {
      Type: 'AWS::CloudWatch::CompositeAlarm',
      Properties: { AlarmRule: rule, AlarmActions: actions },
      Metadata: { 'Headroom::Alarm': { runbook: 'incident', silent: 'a test' } },
    },
  });
  const on = { 'Fn::Join': ['', ['ALARM("', { 'Fn::GetAtt': ['Alarm', 'Arn'] }, '")']] };

  test('refuses an alarm without an action that nobody signed', () => {
    expect(findings(silent)).toEqual([expect.stringContaining('alarm-acts: it has no action')]);
    expect(findings({ ...sound, ActionsEnabled: false })).toEqual([expect.stringContaining('alarm-acts')]);
  });

  test('accepts one that a composite alarm tells, not one that it does not', () => {
    expect(findings(silent, signed(on, [{ Ref: 'Topic' }]))).toEqual([]);
    expect(findings(silent, signed(on, undefined))).toEqual([
      expect.stringContaining('no composite alarm that acts names it'),
      expect.stringContaining('no composite alarm that acts names it'),
    ]);
  });

  test('accepts one on which a deployment goes back, not one that a service only names', () => {
    const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: silent };
    const service = (Rollback: boolean) => ({
      Alarm: alarm,
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: {
          DeploymentConfiguration: { Alarms: { AlarmNames: [{ Ref: 'Alarm' }], Enable: true, Rollback } },
        },
      },
    });
    expect(findings(silent, service(true))).toEqual([]);
    expect(findings(silent, service(false))).toEqual([expect.stringContaining('alarm-acts: it has no action')]);
  });

  test('refuses to wake people without a runbook', () => {
    const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: sound };
    expect(findings(sound, { Alarm: alarm })).toEqual([expect.stringContaining('alarm-has-runbook: it wakes people')]);
  });

  test('refuses a composite alarm that is never or always on', () => {
    const never = { 'Fn::Join': ['', ['ALARM("', { 'Fn::GetAtt': ['Alarm', 'Arn'] }, '") AND FALSE']] };
    const always = { 'Fn::Join': ['', ['NOT ALARM("', { 'Fn::GetAtt': ['Alarm', 'Arn'] }, '")']] };
    expect(findings(silent, signed(never, [{ Ref: 'Topic' }]))).toEqual([
      'alarm-can-fire: nothing turns it on: ALARM("Alarm") AND FALSE',
    ]);
    expect(findings(silent, signed(always, [{ Ref: 'Topic' }]))).toEqual([
      'alarm-can-fire: it is on when all is well: NOT ALARM("Alarm")',
    ]);
  });
});
