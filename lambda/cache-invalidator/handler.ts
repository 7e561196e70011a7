import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { connectCache } from '../../runtime/cache';
import { Invalidator } from '../../runtime/cache/invalidator';
import { MetricsAggregator } from '../../runtime/telemetry/aggregator';
import { cacheServer } from '../../service/src/cache-configuration';
import { cachePolicies } from '../../service/src/cache-policies';
import { connectDatabase, readDataTierConfiguration } from '../../service/src/connect-data';
import { requireEnv } from '../shared/env';
import type { Invocation } from '../shared/invocation';
import { confirmPurge, purgeDistribution } from './cloudfront';
import { flushPurges } from './flush-purges';
import { type ChangeMessage, type InvalidateDeps, invalidateChanges, purgeAndWarm } from './invalidate';
import { readInvalidationSettings } from './invalidation-settings';
import { PurgeStore } from './purge-store';

const configuration = readDataTierConfiguration(process.env);
const settings = readInvalidationSettings(process.env);
const deadLetterQueue = requireEnv('DEAD_LETTER_QUEUE_URL');
const logger = new Logger();
const metrics = new MetricsAggregator({ namespace: requireEnv('METRICS_NAMESPACE') });
const store = new PurgeStore(connectDatabase(configuration, metrics, 10_000));
const connecting = connectCache(cacheServer(configuration));
const queue = new SQSClient();
const bus = new EventBridgeClient();
const distribution = {
  // The store repeats, under the same reference; the client must not hold the turn meanwhile.
  client: new CloudFrontClient({
    region: 'us-east-1',
    maxAttempts: 1,
    requestHandler: { requestTimeout: 5_000, throwOnRequestTimeout: true },
  }),
  distributionId: requireEnv('DISTRIBUTION_ID'),
};

/** Kept back from the time-out: a request to the CDN and its confirmation. */
const RESERVE_MS = 20_000;
const CONFIRM_MS = 10_000;

/** Messages of the queue, or the schedule that looks after what waits. */
type InvalidatorEvent = { readonly Records: readonly ChangeMessage[] } | { readonly flush: true };

/** What it throws brings all messages of the batch back: every step may be done twice. */
export async function handler(event: InvalidatorEvent, invocation: Invocation): Promise<void> {
  const deps = await dependencies(Date.now() + invocation.getRemainingTimeInMillis() - RESERVE_MS);
  try {
    await ('Records' in event ? invalidateChanges(event.Records, deps) : purgeAndWarm(deps));
  } finally {
    metrics.flush();
  }
}

async function dependencies(deadline: number): Promise<InvalidateDeps> {
  const { settleMs, ...options } = settings;
  const flushDeps = {
    store,
    metrics,
    now: Date.now,
    sleep: pause,
    purge: purgeDistribution.bind(undefined, distribution),
    onRefusal: (answer: unknown, { reference }: { readonly reference: string }) =>
      logger.warn('the CDN did not take an invalidation', { answer, reference }),
  };
  return {
    invalidator: new Invalidator({ connection: await connecting, policies: cachePolicies }),
    store,
    flush: () => flushPurges(flushDeps, { ...options, deadline }),
    confirm: (id) => confirmPurge(distribution, id, CONFIRM_MS),
    warm: async (tags) => {
      const entry = {
        Source: 'headroom.cache',
        DetailType: 'CacheInvalidated',
        Detail: JSON.stringify({ warm: tags }),
      };
      await bus.send(new PutEventsCommand({ Entries: [entry] }));
    },
    deadLetter: async ({ body }, reason) => {
      logger.error('a message that is no change', { reason });
      const MessageAttributes = { reason: { DataType: 'String', StringValue: reason.slice(0, 2_000) } };
      await queue.send(new SendMessageCommand({ QueueUrl: deadLetterQueue, MessageBody: body, MessageAttributes }));
    },
    metrics,
    now: Date.now,
    sleep: pause,
    settleMs,
  };
}
