import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { monitorReplicas } from '../../../lambda/replica-monitor/monitor';
import { driftOf, type Member, topologyChanges } from '../../../lambda/replica-monitor/topology';
import { bucketStore } from '../../../lambda/shared/object-store';
import { type AwsAnswer, AwsError, type AwsRequest, XML } from '../../local/aws-server';
import { type AwsAccount, type MetricSource, startAccount } from '../shared/aws-account';

const AT = new Date('2026-11-21T10:05:00Z');
const MINUTE = 60_000;

const member = (name: string, changes: Partial<Member> = {}): Member => ({
  name,
  writer: name === 'app-1',
  status: 'available',
  instanceClass: 'db.r8g.large',
  zone: `us-east-1${name.at(-1) === '1' ? 'a' : 'b'}`,
  ...changes,
});

/** RDS with one cluster, one instance in each page of its listing. */
function rdsService(members: () => readonly Member[]): (request: AwsRequest) => AwsAnswer {
  const answer = (operation: string, result: string): AwsAnswer => ({
    headers: XML,
    body: `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`,
  });
  return ({ operation, body }) => {
    const input = new URLSearchParams(body);
    if (operation === 'DescribeDBClusters') {
      if (input.get('DBClusterIdentifier') !== 'app')
        throw new AwsError('DBClusterNotFoundFault', 'no such cluster', 404);
      const rows = members().map(
        ({ name, writer }) =>
          `<DBClusterMember><DBInstanceIdentifier>${name}</DBInstanceIdentifier><IsClusterWriter>${writer}</IsClusterWriter></DBClusterMember>`,
      );
      const list = `<DBClusterMembers>${rows.join('')}</DBClusterMembers>`;
      return answer(operation, `<DBClusters><DBCluster>${list}</DBCluster></DBClusters>`);
    }
    expect(input.get('Filters.Filter.1.Name')).toBe('db-cluster-id');
    expect(input.get('Filters.Filter.1.Values.Value.1')).toBe('app');
    const from = Number(input.get('Marker') ?? 0);
    const rows = members()
      .slice(from, from + 1)
      .map(
        ({ name, status, instanceClass, zone }) =>
          `<DBInstance><DBInstanceIdentifier>${name}</DBInstanceIdentifier><DBInstanceStatus>${status}</DBInstanceStatus>` +
          `<DBInstanceClass>${instanceClass}</DBInstanceClass><AvailabilityZone>${zone}</AvailabilityZone></DBInstance>`,
      );
    const marker = from + 1 < members().length ? `<Marker>${from + 1}</Marker>` : '';
    return answer(operation, `<DBInstances>${rows.join('')}</DBInstances>${marker}`);
  };
}

/** Minute by minute: the lag is the minute of the hour in milliseconds; processors as given. */
const metrics =
  (cpu: Readonly<Record<string, number>>): MetricSource =>
  ({ name, dimensions: { DBInstanceIdentifier: instance = '' }, startMs, endMs }) =>
    Array.from({ length: (endMs - startMs) / MINUTE }, (_, index) => {
      const time = startMs + index * MINUTE;
      return [time, name === 'CPUUtilization' ? (cpu[instance] ?? 0) : new Date(time).getUTCMinutes()];
    });

let account: AwsAccount;
let members: readonly Member[];
let lines: string[];
let records: string[];

beforeEach(async () => {
  members = [member('app-1'), member('app-2'), member('app-3')];
  lines = [];
  records = [];
  account = await startAccount({
    metrics: metrics({ 'app-2': 60, 'app-3': 20 }),
    pageSize: 3,
    services: { rds: rdsService(() => members) },
  });
});

afterEach(async () => {
  await account.stop();
});

function run(at: Date = AT) {
  const { clientOptions, getMetricData } = account;
  return monitorReplicas(at, {
    rds: new RDSClient(clientOptions),
    getMetricData,
    store: bucketStore(new S3Client(clientOptions), 'reports', 'replica-monitor'),
    region: 'us-east-1',
    cluster: 'app',
    wanted: { min: 2, max: 4 },
    metricsNamespace: 'Headroom/Test',
    write: (line) => lines.push(line),
    record: (message, entry) => records.push(`${message} ${Object.values(entry).join(' ')}`),
  });
}

/** Values of one metric in the order of their times, with what labels them. */
function published(name: string): readonly (readonly [minute: number, value: number, replica: string | undefined])[] {
  return lines
    .map((line) => JSON.parse(line))
    .filter((document) => name in document)
    .map((document) => [new Date(document._aws.Timestamp).getUTCMinutes(), document[name], document.replica]);
}

const laterBy = (minutes: number): Date => new Date(AT.getTime() + minutes * MINUTE);

test('publishes the lag of each reader in each minute, in seconds, through every page', async () => {
  await run();
  expect(published('db_replication_lag_seconds')).toEqual([
    ...[58, 59, 0, 1, 2].flatMap((minute) => [
      [minute, minute / 1000, 'app-2'],
      [minute, minute / 1000, 'app-3'],
    ]),
  ]);
  expect(account.requests.filter(({ operation }) => operation === 'DescribeDBInstances')).toHaveLength(3);
  expect(account.requests.filter(({ operation }) => operation === 'GetMetricData').length).toBeGreaterThan(4);
});

test('the next run goes on where this one ended: no minute is lost, none comes twice', async () => {
  await run();
  await run(laterBy(5));
  const minutes = published('db_replication_lag_seconds').flatMap(([minute, , replica]) =>
    replica === 'app-2' ? [minute] : [],
  );
  expect(minutes).toEqual([58, 59, 0, 1, 2, 3, 4, 5, 6, 7]);
});

test('says how many readers there are and how unequal their load is', async () => {
  await run();
  expect(published('db_readers_available')).toEqual([[3, 2, undefined]]);
  // 60 and 20 are 40 on average, and 60 is half as much again.
  expect(published('db_reader_imbalance_percent')).toEqual([[3, 50, undefined]]);
  expect(published('db_topology_drift')).toEqual([[3, 0, undefined]]);
});

test('says nothing about inequality where nobody has much to do', async () => {
  await account.stop();
  account = await startAccount({ metrics: metrics({ 'app-2': 6 }), services: { rds: rdsService(() => members) } });
  await run();
  expect(published('db_reader_imbalance_percent')).toEqual([]);
});

test('finds a failover and a lost reader once, also when the run that finds them is repeated', async () => {
  expect(await run()).toEqual([]);
  members = [member('app-2', { writer: true }), member('app-1', { writer: false })];
  const changes = [
    { change: 'writer_changed', instance: 'app-2' },
    { change: 'reader_removed', instance: 'app-3' },
  ];
  expect(await run(laterBy(5))).toEqual(changes);
  expect(await run(laterBy(5))).toEqual(changes);
  expect(await run(laterBy(10))).toEqual([]);
  expect(await run(AT)).toEqual([]);
  expect(records).toContain('topology drift too_few_readers 1 of 2 readers are available');
});

test.each([
  ['throttling of RDS', { status: 400, code: 'Throttling' }, 'DescribeDBInstances'],
  ['a failure of RDS', { status: 503, code: 'ServiceUnavailable' }, 'DescribeDBClusters'],
  ['throttling of CloudWatch', { status: 400, code: 'ThrottlingException' }, 'GetMetricData'],
  ['a failure of S3', { status: 500, code: 'InternalError' }, ''],
])('gets through %s', async (_, fault, operation) => {
  account.fail(fault, 2, operation);
  await run();
  expect(published('db_replication_lag_seconds')).toHaveLength(10);
});

test('publishes nothing when CloudWatch failed for one series within its answer, and everything in the next try', async () => {
  account.failSeries('InternalError');
  await expect(run()).rejects.toThrow('CloudWatch answered InternalError for AWS/RDS');
  expect(lines).toEqual([]);
  await run();
  expect(published('db_replication_lag_seconds')).toHaveLength(10);
});

test('of two runs at once only one remembers, and the other one publishes nothing', async () => {
  await run();
  lines = [];
  const outcomes = await Promise.allSettled([run(laterBy(5)), run(laterBy(10))]);
  const kept = JSON.parse(account.s3.objects.get('reports/replica-monitor/topology.json') ?? '{}');
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
  expect([laterBy(5).toISOString(), laterBy(10).toISOString()]).toContain(kept.at);
});

test('fails when there is no such cluster', async () => {
  members = [];
  await account.stop();
  account = await startAccount({
    metrics: metrics({}),
    services: {
      rds: () => {
        throw new AwsError('DBClusterNotFoundFault', 'no such cluster', 404);
      },
    },
  });
  await expect(run()).rejects.toThrow('no such cluster');
});

const healthy = [member('app-1'), member('app-2')];

test.each([
  ['nothing', healthy, []],
  ['a reader that is missing', [member('app-1')], ['too_few_readers']],
  [
    'a reader that is being made',
    [member('app-1'), member('app-2', { status: 'creating' })],
    ['too_few_readers', 'unavailable'],
  ],
  ['more readers than scaling makes', [...healthy, member('app-3'), member('app-4')], ['too_many_readers']],
  ['a reader of another size', [...healthy, member('app-3', { instanceClass: 'db.r8g.xlarge' })], ['mixed_classes']],
  ['everything in one zone', [member('app-1'), member('app-2', { zone: 'us-east-1a' })], ['single_zone']],
])('drift: %s', (_, seen, drifts) => {
  expect(driftOf(seen, { min: 1, max: 2 }).map(({ drift }) => drift)).toEqual(drifts);
});

test('a reader that was added is one, a new writer that was not there before is no new reader', () => {
  expect(topologyChanges(healthy, [...healthy, member('app-3')])).toEqual([
    { change: 'reader_added', instance: 'app-3' },
  ]);
  expect(topologyChanges(healthy, [member('app-9', { writer: true }), member('app-2')])).toEqual([
    { change: 'writer_changed', instance: 'app-9' },
    { change: 'reader_removed', instance: 'app-1' },
  ]);
});
