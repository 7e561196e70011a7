import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { production } from '../../../lib/config/production';
import { ValkeyCache } from '../../../lib/constructs/cache/valkey-cache';
import { DataAccess } from '../../../lib/constructs/data-access/data-access';
import { ConnectionPool } from '../../../lib/constructs/database/connection-pool';
import { ServiceKeys } from '../../../lib/constructs/secrets/service-keys';
import { WebhookWorkers, type WebhookWorkersProps } from '../../../lib/constructs/webhooks/webhook-workers';
import { testDatabase } from '../database/fixtures';

function workers(props: Partial<WebhookWorkersProps> = {}) {
  const { stack, database, vpc, vpcSubnets } = testDatabase();
  const pool = new ConnectionPool(stack, 'Pool', { database, vpc, vpcSubnets, maxConnectionsPercent: 80 });
  const cache = new ValkeyCache(stack, 'Cache', { ...production.cache, vpc, vpcSubnets });
  const webhooks = new WebhookWorkers(stack, 'Webhooks', {
    cpu: 256,
    memoryMiB: 512,
    tasks: 1,
    cluster: new ecs.Cluster(stack, 'Cluster', { vpc }),
    vpcSubnets,
    image: ecs.ContainerImage.fromRegistry('example/image'),
    user: '65532:65532',
    data: new DataAccess({ pool, cache }),
    keys: new ServiceKeys(stack, 'Keys', { rotateAfter: Duration.days(30) }),
    metricsNamespace: 'Headroom/Test',
    logRetention: RetentionDays.ONE_WEEK,
    ...props,
  });
  return { stack, webhooks };
}

const { stack, webhooks } = workers();
const template = Template.fromStack(stack);

test('run the worker of the image, with the key of the webhooks and no other', () => {
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.objectLike({
        EntryPoint: ['/usr/local/bin/node', '/app/webhook-worker.js'],
        StopTimeout: 30,
        Secrets: [{ Name: 'WEBHOOK_KEYS', ValueFrom: Match.anyValue() }],
        Environment: Match.arrayWith([
          { Name: 'METRICS_NAMESPACE', Value: 'Headroom/Test' },
          { Name: 'DATABASE_POOL_MAX', Value: '2' },
        ]),
      }),
    ],
  });
});

test('a single worker can be replaced: ECS rounds half a task up and one and a half down', () => {
  template.hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: Match.objectLike({ MinimumHealthyPercent: 50, MaximumPercent: 200 }),
  });
  Template.fromStack(workers({ tasks: 2 }).stack).hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: Match.objectLike({ MinimumHealthyPercent: 50, MaximumPercent: 150 }),
  });
});

test('metrics are those of the worker', () => {
  const metrics = [
    webhooks.metricWaiting(),
    webhooks.metricOldestDelivery(),
    webhooks.metricDeadLetters(),
    webhooks.metricAttempts('failed'),
  ];
  expect(metrics.map(({ namespace, metricName, dimensions }) => ({ namespace, metricName, dimensions }))).toEqual(
    [
      ['webhook_deliveries_waiting', {}],
      ['webhook_oldest_delivery_seconds', {}],
      ['webhook_dead_letters_total', {}],
      ['webhook_attempts_total', { outcome: 'failed' }],
    ].map(([metricName, more]) => ({
      namespace: 'Headroom/Test',
      metricName,
      dimensions: { worker: 'webhooks', ...(more as object) },
    })),
  );
});

test.each([0, 101])('fails with %d tasks', (tasks) => {
  expect(() => workers({ tasks })).toThrow(`\`tasks\` must be between 1 and 100, got ${tasks}`);
});
