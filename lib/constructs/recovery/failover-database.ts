import { frozen } from './failover-routing';
import type { Call, Change, Check, FailoverStep } from './failover-step';
import type { FailoverOrigin, FailoverSubject, FailoverTarget } from './failover-subject';

const MINUTE = 60;

/** How far the other region is behind. */
export function lagStep({ from, to, maxLagSeconds }: FailoverSubject): FailoverStep {
  return {
    id: 'measure',
    title: 'Measure what is under way',
    who: 'database engineer',
    precondition: { text: 'an operator has approved' },
    action: {
      text: `read how far ${to.region} is behind; a graceful move waits until it is at most ${maxLagSeconds} s`,
      calls: [],
      until: {
        call: 'cloudwatch:getMetricStatistics',
        arguments: {
          Namespace: 'AWS/RDS',
          MetricName: 'AuroraGlobalDBReplicationLag',
          Dimensions: [
            { Name: 'DBClusterIdentifier', Value: to.databaseCluster },
            { Name: 'SourceRegion', Value: from.region },
          ],
          StartTime: '{% $fromMillis($millis() - 600000) %}',
          EndTime: '{% $now() %}',
          Period: 60,
          Statistics: ['Maximum'],
        },
        // The newest minute; a region that reports nothing may have lost anything, which only -1 says honestly.
        assign: {
          lagSeconds:
            '{% $exists($states.result.Datapoints[0]) ? $sort($states.result.Datapoints, function($a, $b) { $a.Timestamp < $b.Timestamp })[0].Maximum / 1000 : -1 %}',
        },
        holds: `$mode = "ungraceful" or ($exists($states.result.Datapoints[0]) and $max($states.result.Datapoints.Maximum) <= ${maxLagSeconds * 1000})`,
      },
    },
    undo: { harmless: 'it only looks' },
    timeoutSeconds: 15 * MINUTE,
  };
}

/** Identifier of the instance that the program gives to a cluster without any. */
export const addedInstance = ({ databaseCluster }: FailoverTarget): string => `${databaseCluster}-failover`;

/** Somebody who can take the writes. */
export function instanceStep(to: FailoverTarget): FailoverStep {
  const DbInstanceIdentifier = addedInstance(to);
  const instances: Call = {
    call: 'rds:describeDBInstances',
    arguments: { Filters: [{ Name: 'db-cluster-id', Values: [to.databaseCluster] }] },
  };
  return {
    id: 'instance',
    title: 'Give the database an instance',
    who: 'database engineer',
    precondition: { text: `the cluster in ${to.region} follows the other one; it may be storage alone` },
    action: {
      text: `a ${to.databaseInstanceClass} joins the cluster in ${to.region} when it has no instance; wait until one is available`,
      calls: [
        {
          call: 'rds:createDBInstance',
          arguments: {
            DbInstanceIdentifier,
            DbClusterIdentifier: to.databaseCluster,
            DbInstanceClass: to.databaseInstanceClass,
            Engine: 'aurora-postgresql',
          },
        },
      ],
      until: { ...instances, holds: '$exists($states.result.DbInstances[DbInstanceStatus = "available"])' },
    },
    undo: {
      text: `\`${DbInstanceIdentifier}\` goes again, if it came`,
      calls: [{ call: 'rds:deleteDBInstance', arguments: { DbInstanceIdentifier, SkipFinalSnapshot: true } }],
      until: {
        ...instances,
        holds: `$not($exists($states.result.DbInstances[DbInstanceIdentifier = "${DbInstanceIdentifier}"]))`,
      },
    },
    timeoutSeconds: 30 * MINUTE,
  };
}

/** The way while both regions are well. */
export function switchOverStep(subject: FailoverSubject): FailoverStep {
  const { from, to } = subject;
  const moveTo = (region: FailoverOrigin, text: string): Change => ({
    text,
    calls: [
      {
        call: 'rds:switchoverGlobalCluster',
        arguments: {
          GlobalClusterIdentifier: subject.globalCluster,
          TargetDbClusterIdentifier: region.databaseClusterArn,
        },
      },
    ],
    until: writerIs(subject, region.databaseClusterArn),
  });
  return {
    id: 'switch-over',
    title: 'Switch the database over',
    who: 'database engineer',
    modes: ['graceful'],
    precondition: frozen(subject),
    action: moveTo(to, `the writer moves to ${to.region}, once nothing is missing there`),
    undo: moveTo(from, `switch back to ${from.region}`),
    timeoutSeconds: 30 * MINUTE,
  };
}

/** The way when the other region is gone. */
export function promoteStep(subject: FailoverSubject): FailoverStep {
  const { to, globalCluster: GlobalClusterIdentifier } = subject;
  return {
    id: 'promote',
    title: 'Detach and promote the database',
    who: 'database engineer',
    modes: ['ungraceful'],
    precondition: frozen(subject),
    action: {
      text: `the cluster in ${to.region} takes writes with what it has; Aurora fences the old writer as soon as it can reach it`,
      calls: [
        {
          call: 'rds:failoverGlobalCluster',
          arguments: {
            GlobalClusterIdentifier,
            TargetDbClusterIdentifier: to.databaseClusterArn,
            AllowDataLoss: true,
          },
        },
      ],
      until: writerIs(subject, to.databaseClusterArn),
    },
    undo: { impossible: 'what was not shipped is lost to the new writer: the only way back is a graceful move, later' },
    timeoutSeconds: 30 * MINUTE,
  };
}

/** What applications reach the database through. */
export function poolStep({ region, connectionPool, databaseCluster }: FailoverTarget): FailoverStep {
  const DbProxyName = connectionPool;
  return {
    id: 'pool',
    title: 'Re-point the pool',
    who: 'database engineer',
    precondition: { text: `the connection pool in ${region} exists` },
    action: {
      text: `the pool in ${region} serves the promoted cluster; wait until it finds a writer there`,
      calls: [
        {
          call: 'rds:registerDBProxyTargets',
          arguments: { DbProxyName, DbClusterIdentifiers: [databaseCluster] },
        },
      ],
      until: {
        call: 'rds:describeDBProxyTargets',
        arguments: { DbProxyName },
        holds: '$exists($states.result.Targets[Role = "READ_WRITE" and TargetHealth.State = "AVAILABLE"])',
      },
    },
    undo: { harmless: 'a pool follows its cluster, whichever role that has' },
    timeoutSeconds: 10 * MINUTE,
  };
}

/** The database takes writes in the cluster `clusterArn`. */
export function writerIs({ globalCluster }: FailoverSubject, clusterArn: string): Check {
  const members = '$states.result.GlobalClusters[0].GlobalClusterMembers';
  return {
    call: 'rds:describeGlobalClusters',
    arguments: { GlobalClusterIdentifier: globalCluster },
    holds: `${members}[IsWriter].DbClusterArn = "${clusterArn}" and $states.result.GlobalClusters[0].Status = "available"`,
  };
}
