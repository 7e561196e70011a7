import { startFunction } from '../local/lambda-runtime';
import { environmentOf } from '../service/rig/local-service';
import { InsightsRig } from './query-insights/insights-rig';
import { type AwsAccount, startAccount } from './shared/aws-account';

const TIME = '2026-11-21T10:05:00Z';

let account: AwsAccount;

const rds = ({ operation }: { readonly operation: string }) => ({
  headers: { 'content-type': 'text/xml' },
  body:
    operation === 'DescribeDBClusters'
      ? '<DescribeDBClustersResponse><DescribeDBClustersResult><DBClusters><DBCluster><DBClusterMembers /></DBCluster></DBClusters></DescribeDBClustersResult></DescribeDBClustersResponse>'
      : '<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances /></DescribeDBInstancesResult></DescribeDBInstancesResponse>',
});

beforeAll(async () => {
  account = await startAccount({ metrics: () => [], services: { rds } });
});

afterAll(async () => {
  await account.stop();
});

const environment = () => ({
  AWS_ENDPOINT_URL: account.url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  METRICS_NAMESPACE: 'Headroom/Test',
  REPORT_BUCKET: 'reports',
});

/** Runs the bundle under AWS's runtime client; its answer, and the metrics that it wrote. */
async function run(name: string, more: Readonly<Record<string, string>>, event: unknown) {
  const fn = startFunction(name, { environment: { ...environment(), ...more }, memory: 512 });
  try {
    const answer = await fn.call(event);
    const metrics = fn.log.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line));
    return { answer, metrics };
  } finally {
    await fn.stop();
  }
}

test('query insights runs against a real database', async () => {
  const rig = await InsightsRig.start(100, 100);
  try {
    const database = { ...environmentOf(rig.tier), DATABASE_USER: 'app_monitor' };
    const { answer, metrics } = await run('query-insights', database, { time: new Date().toISOString() });
    expect(answer).toEqual({ findings: 0 });
    expect(metrics).toContainEqual(expect.objectContaining({ kind: 'slow_query', db_query_findings: 0 }));
    expect([...account.s3.objects.keys()]).toContain('reports/query-insights/latest.md');
  } finally {
    await rig.tier.stop();
  }
}, 120_000);

test('the monitor of replicas runs', async () => {
  const settings = { CLUSTER: 'app', MIN_READERS: '1', MAX_READERS: '2' };
  const { answer, metrics } = await run('replica-monitor', settings, { time: TIME });
  expect(answer).toEqual({ changes: 0 });
  expect(metrics).toContainEqual(expect.objectContaining({ db_readers_available: 0, db_topology_drift: 1 }));
});

test('the capacity advisor runs, and without data it advises nothing', async () => {
  const event = {
    time: TIME,
    environment: 'production',
    load: { metric: 'AWS/ApplicationELB RequestCount', dimensions: {} },
    resources: [],
    sizes: [],
    quotas: [],
    deployed: {
      region: 'us-east-1',
      task: { cpu: 1024, memoryMiB: 2048, minTasks: 2 },
      database: { kind: 'serverless', maxAcu: 4, instances: 2, storage: 'standard' },
      cache: 'none',
      connectionsPerEndpoint: 8,
    },
  };
  const { answer, metrics } = await run('capacity-advisor', { EVENT_BUS: 'default' }, event);
  expect(answer).toEqual({ recommendations: 0 });
  expect(metrics).toContainEqual(expect.objectContaining({ capacity_recommendations: 0 }));
});
