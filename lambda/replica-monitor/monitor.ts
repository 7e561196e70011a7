import type { RDSClient } from '@aws-sdk/client-rds';
import { type GetMetricData, type Metric, readSeries, type Series } from '../../analysis/cost/cloudwatch/read-series';
import { embeddedMetricLines, type Sample } from '../../runtime/telemetry/emf';
import type { ObjectStore } from '../shared/object-store';
import { imbalancePercent } from './load';
import {
  type Drift,
  driftOf,
  type Member,
  readTopology,
  type TopologyChange,
  topologyChanges,
  type WantedReaders,
} from './topology';

export interface MonitorDependencies {
  readonly rds: RDSClient;
  readonly getMetricData: GetMetricData;
  readonly store: ObjectStore;
  readonly region: string;
  readonly cluster: string;
  readonly wanted: WantedReaders;
  readonly metricsNamespace: string;
  /** Writes one line of the embedded metric format. */
  readonly write: (line: string) => void;
  /** Writes one line for people. */
  readonly record: (message: string, entry: Readonly<Record<string, unknown>>) => void;
}

const MINUTE_MS = 60_000;
/** Schedule of the function: each run reports as many minutes. */
const MINUTES = 5;
/** How long CloudWatch may take to know the lag of a minute. */
const LATE_MINUTES = 2;

/** A value of one minute. */
interface Timed {
  readonly at: number;
  readonly sample: Sample;
}

/**
 * Reports five whole minutes, by the time of the schedule and not by the clock: each minute is in one report, however
 * late and however often the function runs. Everything is read before anything is written.
 */
export async function monitorReplicas(at: Date, deps: MonitorDependencies): Promise<readonly TopologyChange[]> {
  const end = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS - LATE_MINUTES * MINUTE_MS;
  const period = { start: new Date(end - MINUTES * MINUTE_MS), end: new Date(end) };
  const members = await readTopology(deps.rds, deps.cluster);
  const readers = members.filter(({ writer }) => !writer);
  const read = (name: string, statistic: string): Promise<readonly Series[]> =>
    readSeries(
      readers.map((reader) => metricOf(name, statistic, reader.name, deps.region)),
      period,
      deps.getMetricData,
    );
  const [lags, cpus] = await Promise.all([read('AuroraReplicaLag', 'Maximum'), read('CPUUtilization', 'Average')]);
  const changes = await rememberTopology(at, members, deps.store);
  const drift = driftOf(members, deps.wanted);
  const available = readers.filter(({ status }) => status === 'available').length;
  publish(
    [
      ...readers.flatMap(({ name }, index) => lagOf(name, lags[index])),
      ...stateOf({ available, drift, changes, imbalance: imbalancePercent(cpus) }).map((sample) => ({
        at: end,
        sample,
      })),
    ],
    deps,
  );
  for (const change of changes) deps.record('topology changed', { ...change });
  for (const one of drift) deps.record('topology drift', { ...one });
  return changes;
}

interface State {
  readonly available: number;
  readonly drift: readonly Drift[];
  readonly changes: readonly TopologyChange[];
  readonly imbalance: number | undefined;
}

/** The metrics of the cluster as a whole. */
function stateOf({ available, drift, changes, imbalance }: State): readonly Sample[] {
  return [
    { name: 'db_readers_available', labels: {}, value: available },
    { name: 'db_topology_drift', labels: {}, value: drift.length },
    { name: 'db_topology_changes', labels: {}, value: changes.length },
    ...(imbalance === undefined ? [] : [{ name: 'db_reader_imbalance_percent', labels: {}, value: imbalance }]),
  ];
}

function metricOf(name: string, statistic: string, instance: string, region: string): Metric {
  return { name, statistic, namespace: 'AWS/RDS', dimensions: { DBInstanceIdentifier: instance }, region, period: 60 };
}

/** The lag of one reader in each minute, from CloudWatch's milliseconds. */
function lagOf(replica: string, series: Series | undefined): readonly Timed[] {
  return (series?.values ?? []).map((value, index) => ({
    at: series?.timesMs[index] ?? 0,
    sample: { name: 'db_replication_lag_seconds', labels: { replica }, value: value / 1000 },
  }));
}

function publish(timed: readonly Timed[], { metricsNamespace, write }: MonitorDependencies): void {
  for (const at of new Set(timed.map((one) => one.at))) {
    const samples = timed.filter((one) => one.at === at).map(({ sample }) => sample);
    for (const line of embeddedMetricLines(metricsNamespace, at, samples)) write(line);
  }
}

interface RememberedTopology {
  /** Time of the run that saw it, ISO 8601. */
  readonly at: string;
  readonly members: readonly Member[];
  /** What was there before: a run that is repeated finds the same changes again. */
  readonly before: readonly Member[];
}

const KEY = 'topology.json';

/** Changes since the last run; none in the first. */
async function rememberTopology(
  at: Date,
  members: readonly Member[],
  store: ObjectStore,
): Promise<readonly TopologyChange[]> {
  const stored = await store.get(KEY);
  const last = stored === undefined ? undefined : (JSON.parse(stored.body) as RememberedTopology);
  if (last !== undefined && Date.parse(last.at) > at.getTime()) return [];
  const repeated = last?.at === at.toISOString();
  const before = (repeated ? last?.before : last?.members) ?? members;
  const remembered: RememberedTopology = { at: at.toISOString(), members, before };
  await store.replace(KEY, JSON.stringify(remembered), stored?.version);
  return topologyChanges(before, members);
}
