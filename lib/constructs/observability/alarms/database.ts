import type { Duration } from 'aws-cdk-lib';
import type { AuroraDatabase } from '../../database/aurora-database';
import { smallestMaxConnections } from '../../database/database-capacity';
import { INSTANCE_MEMORY_GIB } from '../../database/max-connections';
import type { AlarmRow, Concern, MissingData } from '../alarm-row';

const GIB = 2 ** 30;
/** Transaction ids that are left for vacuum when nothing is done: AWS advises to alarm at one thousand million of 2^31. */
const TRANSACTION_IDS = 1_000_000_000;
const NO_INSTANCE: MissingData = {
  counts: 'notBreaching',
  because: 'the instance is being replaced, which users-affected tells when it matters',
};

/** What the database's instances report. `lagObjective` is the longest that a replica may be behind. */
export function databaseAlarms(database: AuroraDatabase, lagObjective: Duration): Concern {
  return {
    name: 'database',
    rows: [
      ...loadRows(database),
      ...(database.readers > 0 ? [...lagRows(database, lagObjective), ...readerRows(database)] : []),
      ...healthRows(database),
      ...capacityRows(database),
    ],
  };
}

function loadRows(database: AuroraDatabase): AlarmRow[] {
  const { connections, of } = smallestMaxConnections(database.capacity);
  return [
    {
      id: 'database-writer-cpu',
      says: 'The writer has used more than 80 % of its CPU; nothing adds writers',
      metric: database.metricCpuUtilization('WRITER'),
      when: { above: 80 },
      datapoints: [15, 20],
      severity: 'ticket',
      missing: NO_INSTANCE,
    },
    {
      id: 'database-connections',
      says: `More than 90 % of the ${connections} connections of ${of} are open`,
      metric: database.metricDatabaseConnections('WRITER'),
      when: { above: Math.floor(connections * 0.9) },
      datapoints: [3, 5],
      severity: 'page',
      missing: NO_INSTANCE,
    },
  ];
}

function lagRows(database: AuroraDatabase, objective: Duration): AlarmRow[] {
  const levels = [
    { level: 'warning', seconds: 1, datapoints: [10, 15], severity: 'ticket' },
    { level: 'high', seconds: 10, datapoints: [3, 5], severity: 'ticket' },
    { level: 'critical', seconds: objective.toSeconds(), datapoints: [2, 3], severity: 'page' },
  ] as const;
  return levels.map(({ level, seconds, datapoints, severity }) => ({
    id: `database-replica-lag-${level}`,
    says: `A reader is more than ${seconds} s behind the writer`,
    metric: database.metricReplicaLag(),
    // AuroraReplicaLag is in milliseconds.
    when: { above: seconds * 1000 },
    datapoints,
    severity,
    missing: { counts: 'notBreaching', because: 'there is no reader at the moment; reads go to the writer' },
    runbook: 'database-replica-lag',
  }));
}

function readerRows(database: AuroraDatabase): AlarmRow[] {
  return [
    {
      id: 'database-reader-cpu',
      says: 'Readers have used more than 80 % of their CPU although scaling should have added some',
      metric: database.metricCpuUtilization('READER'),
      when: { above: 80 },
      datapoints: [15, 20],
      severity: 'ticket',
      missing: NO_INSTANCE,
    },
    {
      id: 'database-reader-restarts',
      says: 'A reader restarted: its sessions are gone, and it may have fallen too far behind',
      metric: database.metricReaderRestarts(),
      when: { atLeast: 1 },
      datapoints: [1, 10],
      severity: 'ticket',
      missing: { counts: 'notBreaching', because: 'an instance that starts reports nothing for some minutes' },
    },
  ];
}

function healthRows(database: AuroraDatabase): AlarmRow[] {
  return [
    {
      id: 'database-deadlocks',
      says: 'Transactions wait for each other in circles: more than one deadlock a minute',
      metric: database.metricDeadlocks(),
      // Deadlocks per second.
      when: { above: 1 / 60 },
      datapoints: [5, 15],
      severity: 'ticket',
      missing: NO_INSTANCE,
    },
    {
      id: 'database-buffer-cache',
      says: 'Less than 95 % of the page reads come from memory: what is used no longer fits',
      metric: database.metricBufferCacheHitRatio('WRITER'),
      when: { below: 95 },
      datapoints: [25, 30],
      severity: 'ticket',
      missing: NO_INSTANCE,
    },
    {
      id: 'database-transaction-ids',
      says: 'Vacuum does not keep up: half of the transaction ids are used, and the database stops when all are',
      metric: database.metricMaximumUsedTransactionIds(),
      when: { above: TRANSACTION_IDS },
      datapoints: [3, 5],
      severity: 'page',
      missing: NO_INSTANCE,
    },
  ];
}

/** What runs out depends on the kind: a serverless instance has a ceiling, a provisioned one memory and a local disk. */
function capacityRows(database: AuroraDatabase): AlarmRow[] {
  const { capacity } = database;
  if (capacity.kind === 'serverless') {
    return [
      {
        id: 'database-capacity',
        says: `The database has been at its ceiling of ${capacity.maxAcu} ACU`,
        metric: database.metricAcuUtilization(),
        when: { atLeast: 95 },
        datapoints: [15, 20],
        severity: 'ticket',
        missing: NO_INSTANCE,
      },
    ];
  }
  const memoryGib = INSTANCE_MEMORY_GIB[capacity.instanceClass];
  return [
    {
      id: 'database-memory',
      says: 'Less than 5 % of the memory of the writer is free: it is about to swap or to restart',
      metric: database.metricFreeableMemory('WRITER'),
      when: { below: 0.05 * memoryGib * GIB },
      datapoints: [5, 10],
      severity: 'ticket',
      missing: NO_INSTANCE,
    },
    {
      id: 'database-local-storage',
      says: 'The local disk of the writer is almost full: sorts and temporary tables will fail',
      metric: database.metricFreeLocalStorage('WRITER'),
      // The local disk is twice the memory: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html
      when: { below: 0.1 * 2 * memoryGib * GIB },
      datapoints: [3, 5],
      severity: 'page',
      missing: NO_INSTANCE,
    },
  ];
}
