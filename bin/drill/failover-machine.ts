import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context } from '../../cdk.json';
import { FailoverProgram } from '../../lib/constructs/recovery/failover-program';
import { definitionOf, type StateMachineDefinition } from '../../test/local/state-machine';
import { clusterArn } from './region-services';

/** The failover program as it is deployed, synthesized for the regions of the drill and their short distances. */
export function failoverMachine(): StateMachineDefinition {
  const stack = new Stack(new App({ context }), 'Recovery', { env: { region: 'away', account: '111111111111' } });
  new FailoverProgram(stack, 'Failover', {
    globalCluster: 'drill',
    from: { region: 'home', databaseClusterArn: clusterArn('home') },
    to: {
      region: 'away',
      databaseCluster: 'away',
      databaseClusterArn: clusterArn('away'),
      databaseInstanceClass: 'db.r8g.large',
      connectionPool: 'pool',
      secrets: ['session-keys'],
      serviceCluster: 'cluster',
      service: 'service',
      tasks: 2,
      idleTasks: 0,
    },
    probeUrl: 'https://drill.example',
    maxLag: Duration.seconds(60),
    // The longest request of the drill's clients is a millisecond or two, and its edge has one location.
    drain: Duration.seconds(1),
    poll: Duration.seconds(1),
    keyValueStoreArn: 'arn:aws:cloudfront::111111111111:key-value-store/drill',
    approvers: [],
    metricsNamespace: 'Headroom/Drill',
  });
  const definition = JSON.stringify(definitionOf(Template.fromStack(stack).toJSON()));
  // Half an hour of patience with AWS is a quarter of a minute with a process.
  return JSON.parse(definition.replaceAll(/\$tries > \d+/gu, '$tries > 15')) as StateMachineDefinition;
}
