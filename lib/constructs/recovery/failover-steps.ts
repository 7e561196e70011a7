import { instanceStep, lagStep, poolStep, promoteStep, switchOverStep, writerIs } from './failover-database';
import { freezing, routing } from './failover-routing';
import type { Call, FailoverStep } from './failover-step';
import type { FailoverSubject, FailoverTarget } from './failover-subject';

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
