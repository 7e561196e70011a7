import type { Call, Change, Check, FailoverStep } from './failover-step';

/** The region that the program moves the platform to. */
export interface FailoverTarget {
  readonly region: string;

  /** Identifier of its cluster in the global database. */
  readonly databaseCluster: string;

  /** ARN of the same. */
  readonly databaseClusterArn: string;

  /** Class of the instance that the cluster gets when it has none, such as `db.r8g.large`. */
  readonly databaseInstanceClass: string;

  /** Name of its connection pool (RDS Proxy). */
  readonly connectionPool: string;

  /** Names of the secrets that are replicated to it. */
  readonly secrets: readonly string[];

  /** Name of the ECS cluster. */
  readonly serviceCluster: string;

  /** Name of the ECS service. */
  readonly service: string;

  /** Tasks that carry the whole traffic. */
  readonly tasks: number;

  /** Tasks while it stands by. */
  readonly idleTasks: number;
}

/** The region that the program moves the platform away from. */
export interface FailoverOrigin {
  readonly region: string;

  /** ARN of its cluster in the global database. */
  readonly databaseClusterArn: string;
}

/** What the steps are about. */
export interface FailoverSubject {
  readonly from: FailoverOrigin;
  readonly to: FailoverTarget;

  /** Identifier of the Aurora global database. */
  readonly globalCluster: string;

  /** ARN of the key-value store of the edge functions. */
  readonly keyValueStoreArn: string;

  /** ARN of the function that asks the site for data, as a viewer does. */
  readonly probeArn: string;

  /** Replication lag that a graceful move starts with at most. */
  readonly maxLagSeconds: number;

  /** Until every edge location has a new flag, and the longest request that began before it has ended. */
  readonly drainSeconds: number;
}

const MINUTE = 60;

/**
 * The runbook: how the platform moves from one region to the other. The state machine, the local drills and
 * `docs/runbooks/failover.md` are made from these rows.
 *
 * Capacity comes first, so that writes stand still for as short a time as possible.
 */
export function failoverSteps(subject: FailoverSubject): readonly FailoverStep[] {
  const { from, to, drainSeconds } = subject;
  return [
    lagStep(subject),
    scaleStep(to),
    instanceStep(to),
    {
      id: 'freeze',
      title: 'Freeze writes',
      who: 'platform engineer',
      precondition: { text: 'the flags of the edge can be read' },
      action: freezing(subject),
      undo: routing(subject, 'take the flag away', 'readOnly', false),
      timeoutSeconds: 5 * MINUTE,
      settleSeconds: drainSeconds,
    },
    switchOverStep(subject),
    promoteStep(subject),
    poolStep(to),
    ...to.secrets.map((secret, index) => secretStep(to, secret, index + 1)),
    {
      id: 'switch',
      title: 'Switch the edge',
      who: 'platform engineer',
      precondition: { text: 'the database takes writes there' },
      action: routing(subject, `requests go to ${to.region} (\`region\` in the key \`routing\`)`, 'region', to.region),
      undo: routing(subject, `requests go to ${from.region}`, 'region', from.region),
      timeoutSeconds: 5 * MINUTE,
      settleSeconds: drainSeconds,
    },
    {
      id: 'verify',
      title: 'Verify',
      who: 'program',
      precondition: { text: 'writes are still frozen' },
      action: {
        text: 'ask the site for data, as a viewer does, until it answers ten times in a row',
        calls: [],
        until: {
          call: 'lambda:invoke',
          arguments: { FunctionName: subject.probeArn, Payload: { region: to.region } },
          holds: '$states.result.Payload.healthy',
        },
      },
      undo: { harmless: 'it only looks' },
      timeoutSeconds: 10 * MINUTE,
    },
    {
      id: 'thaw',
      title: 'Thaw writes',
      who: 'platform engineer',
      precondition: { text: `the writer is in ${to.region}`, check: writerIs(subject, to.databaseClusterArn) },
      action: routing(subject, 'the edge lets writes through again', 'readOnly', false),
      undo: routing(subject, 'freeze them again', 'readOnly', true),
      timeoutSeconds: 5 * MINUTE,
    },
  ];
}

function lagStep({ from, to, maxLagSeconds }: FailoverSubject): FailoverStep {
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

function scaleStep({ region, serviceCluster, service, tasks, idleTasks }: FailoverTarget): FailoverStep {
  const target = {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${serviceCluster}/${service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  };
  const minimum = (MinCapacity: number): Call => ({
    call: 'applicationautoscaling:registerScalableTarget',
    arguments: { ...target, MinCapacity },
  });
  const { ResourceId, ...rest } = target;
  return {
    id: 'scale',
    title: 'Scale the other region',
    who: 'platform engineer',
    precondition: { text: `the service in ${region} is deployed` },
    action: {
      text: `the least number of tasks in ${region} becomes ${tasks}; wait until they run`,
      calls: [minimum(tasks)],
      until: {
        call: 'ecs:describeServices',
        arguments: { Cluster: serviceCluster, Services: [service] },
        holds: `$states.result.Services[0].RunningCount >= ${tasks}`,
      },
    },
    undo: {
      text: `the least number of tasks becomes ${idleTasks} again`,
      calls: [minimum(idleTasks)],
      until: {
        call: 'applicationautoscaling:describeScalableTargets',
        arguments: { ...rest, ResourceIds: [ResourceId] },
        holds: `$states.result.ScalableTargets[0].MinCapacity <= ${idleTasks}`,
      },
    },
    timeoutSeconds: 15 * MINUTE,
  };
}

/** Identifier of the instance that the program gives to a cluster without any. */
export const addedInstance = ({ databaseCluster }: FailoverTarget): string => `${databaseCluster}-failover`;

function instanceStep(to: FailoverTarget): FailoverStep {
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

function switchOverStep(subject: FailoverSubject): FailoverStep {
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

function promoteStep(subject: FailoverSubject): FailoverStep {
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

function frozen(subject: FailoverSubject): FailoverStep['precondition'] {
  return {
    text: 'writes are frozen',
    check: { ...routingCheck(subject), holds: `${ROUTING}.readOnly = true` },
  };
}

function poolStep({ region, connectionPool, databaseCluster }: FailoverTarget): FailoverStep {
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

function secretStep({ region }: FailoverTarget, SecretId: string, number: number): FailoverStep {
  return {
    id: `secret-${number}`,
    title: `Make the secret ${SecretId} stand alone`,
    who: 'platform engineer',
    modes: ['ungraceful'],
    precondition: { text: `its replica can be read in ${region}` },
    action: {
      text: `the replica in ${region} becomes a secret of its own, which can be rotated without the lost region`,
      calls: [{ call: 'secretsmanager:stopReplicationToReplica', arguments: { SecretId } }],
      until: {
        call: 'secretsmanager:describeSecret',
        arguments: { SecretId },
        holds: '$not($exists($states.result.PrimaryRegion))',
      },
    },
    undo: { harmless: 'replication is set up anew before the failback' },
    timeoutSeconds: 5 * MINUTE,
  };
}

const ROUTING = '$parse($states.result.Value)';

function routingCheck({ keyValueStoreArn }: FailoverSubject): Call {
  return {
    call: 'cloudfrontkeyvaluestore:getKey',
    arguments: { KvsARN: keyValueStoreArn, Key: 'routing' },
    assign: { routing: `{% ${ROUTING} %}` },
  };
}

/** One field of the key `routing` set, the others kept. The store takes a value only with the version that it has. */
function routing(subject: FailoverSubject, text: string, field: string, value: string | boolean): Change {
  const KvsARN = subject.keyValueStoreArn;
  const wanted = JSON.stringify(value);
  return {
    text,
    calls: [
      {
        call: 'cloudfrontkeyvaluestore:describeKeyValueStore',
        arguments: { KvsARN },
        assign: { version: '{% $states.result.ETag %}' },
      },
      {
        call: 'cloudfrontkeyvaluestore:putKey',
        arguments: {
          KvsARN,
          Key: 'routing',
          Value: `{% $string($merge([$routing, {"${field}": ${wanted}}])) %}`,
          IfMatch: '{% $version %}',
        },
      },
    ],
    until: { ...routingCheck(subject), holds: `${ROUTING}.${field} = ${wanted}` },
  };
}

/** A graceful move is as long as nobody can write. */
function freezing(subject: FailoverSubject): Change {
  const text = 'the edge answers 503 to writes (`"readOnly": true` in the key `routing`)';
  const change = routing(subject, text, 'readOnly', true);
  const since = '{% $mode = "graceful" and $tries = 0 ? $millis() : $since %}';
  return { ...change, until: { ...change.until, assign: { ...change.until.assign, since } } };
}

function writerIs({ globalCluster }: FailoverSubject, clusterArn: string): Check {
  const members = '$states.result.GlobalClusters[0].GlobalClusterMembers';
  return {
    call: 'rds:describeGlobalClusters',
    arguments: { GlobalClusterIdentifier: globalCluster },
    holds: `${members}[IsWriter].DbClusterArn = "${clusterArn}" and $states.result.GlobalClusters[0].Status = "available"`,
  };
}
