import type { FailoverCall } from '../../lib/constructs/recovery/failover-step';
import type { TaskHandler } from '../../test/local/state-machine';
import type { Edge } from './edge';
import type { RegionName, Regions } from './regions';

/** Every call of the program, and the one that publishes its result. */
export type DrillCall = FailoverCall | 'cloudwatch:putMetricData';

/** A service as the program asks it: its arguments in, its answer out. */
export type Service = (given: Readonly<Record<string, unknown>>) => unknown;
export type Services = Readonly<Record<DrillCall, Service>>;

export const clusterArn = (region: RegionName): string => `arn:aws:rds:${region}:111111111111:cluster:${region}`;
const regionOf = (arn: unknown): RegionName => (arn === clusterArn('home') ? 'home' : 'away');

/**
 * The services of the drill. Database and edge are real ones behind AWS's answers; tasks, pool and secrets are what the
 * services would say, because what they do is AWS's part.
 */
export function regionServices(regions: Regions, edge: Edge): Services {
  return { ...databaseServices(regions), ...edgeServices(regions, edge), ...standingServices(regions) };
}

type DatabaseCall = Extract<DrillCall, `rds:${string}` | 'cloudwatch:getMetricStatistics'>;

function databaseServices(regions: Regions): Readonly<Record<DatabaseCall, Service>> {
  const never = () => {
    throw new Error('the cluster of the drill has an instance');
  };
  return {
    'cloudwatch:getMetricStatistics': async () => ({
      Datapoints: [{ Timestamp: new Date().toISOString(), Maximum: await lagMillis(regions) }],
    }),
    'rds:createDBInstance': never,
    'rds:deleteDBInstance': never,
    'rds:describeDBInstances': () => ({
      DbInstances: [{ DbInstanceIdentifier: 'away-1', DbInstanceStatus: 'available' }],
    }),
    'rds:describeGlobalClusters': async () => {
      const writer = await regions.writer();
      const members = (['home', 'away'] as const).map((name) => ({
        DbClusterArn: clusterArn(name),
        IsWriter: name === writer,
      }));
      return { GlobalClusters: [{ Status: 'available', GlobalClusterMembers: members }] };
    },
    'rds:failoverGlobalCluster': () => regions.detachAndPromote(),
    'rds:switchoverGlobalCluster': ({ TargetDbClusterIdentifier }) =>
      regions.switchOver(regionOf(TargetDbClusterIdentifier)),
    'rds:registerDBProxyTargets': () => undefined,
    'rds:describeDBProxyTargets': async () => ({
      Targets: [
        {
          Role: (await regions.away.inRecovery()) ? 'READ_ONLY' : 'READ_WRITE',
          TargetHealth: { State: 'AVAILABLE' },
        },
      ],
    }),
  };
}

/** How far `away` was behind when it last heard of `home`. */
async function lagMillis({ away, lostAt, home, homeReachable }: Regions): Promise<number> {
  const [replayed] = await away.query<{ at: number | null; lsn: string }>(
    `SELECT extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000 AS at, pg_last_wal_replay_lsn()::text AS lsn`,
  );
  if (homeReachable) {
    const sql = 'SELECT pg_current_wal_lsn() <= $1::pg_lsn AS level';
    const [row] = await home.query<{ level: boolean }>(sql, [replayed?.lsn]);
    if (row?.level === true) return 0;
  }
  return Math.max(0, (lostAt ?? Date.now()) - Number(replayed?.at ?? 0));
}

type EdgeCall = Extract<DrillCall, `cloudfrontkeyvaluestore:${string}` | 'lambda:invoke'>;

function edgeServices(regions: Regions, edge: Edge): Readonly<Record<EdgeCall, Service>> {
  return {
    'cloudfrontkeyvaluestore:describeKeyValueStore': () => ({ ETag: edge.version }),
    'cloudfrontkeyvaluestore:getKey': () => ({ Key: 'routing', Value: edge.routing }),
    'cloudfrontkeyvaluestore:putKey': ({ Value, IfMatch }) => edge.put(String(Value), String(IfMatch)),
    // The probe of the drill: reads the newest row where the edge sends readers.
    'lambda:invoke': async () => {
      const region = edge.route('GET');
      if (region === 'refused') return { Payload: { healthy: false, answer: 'refused by the edge' } };
      const rows = await regions.server(region).query('SELECT id FROM orders ORDER BY id DESC LIMIT 1');
      return { Payload: { healthy: rows.length === 1, answer: `read from ${region}` } };
    },
  };
}

function standingServices(regions: Regions): Readonly<Record<Exclude<DrillCall, DatabaseCall | EdgeCall>, Service>> {
  let tasks = 0;
  return {
    'applicationautoscaling:describeScalableTargets': () => ({ ScalableTargets: [{ MinCapacity: tasks }] }),
    'applicationautoscaling:registerScalableTarget': ({ MinCapacity }) => {
      tasks = Number(MinCapacity);
    },
    'cloudwatch:putMetricData': () => undefined,
    'ecs:describeServices': () => ({ Services: [{ RunningCount: tasks }] }),
    'secretsmanager:describeSecret': () => (regions.homeReachable ? { PrimaryRegion: 'home' } : {}),
    'secretsmanager:stopReplicationToReplica': () => undefined,
  };
}

/** As handlers of a state machine. */
export function handlersOf(services: Services): Readonly<Record<string, TaskHandler>> {
  const rows = Object.entries(services).map(([call, service]): [string, TaskHandler] => [
    call === 'lambda:invoke' ? call : `aws-sdk:${call}`,
    ({ arguments: given }) => service(given as Readonly<Record<string, unknown>>),
  ]);
  return Object.fromEntries(rows);
}
