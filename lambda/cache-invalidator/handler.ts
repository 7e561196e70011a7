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
import { type FlushDeps, flushPurges } from './flush-purges';
import { type ChangeMessage, type InvalidateDeps, invalidateChanges, purgeAndWarm } from './invalidate';
import { readInvalidationSettings } from './invalidation-settings';
import { PurgeStore } from './purge-store';
import { PurgeTurn } from './purge-turn';

const configuration = readDataTierConfiguration(process.env);
const settings = readInvalidationSettings(process.env);
const changesQueue = requireEnv('CHANGES_QUEUE_URL');
const deadLetterQueue = requireEnv('DEAD_LETTER_QUEUE_URL');
const logger = new Logger();
const metrics = new MetricsAggregator({ namespace: requireEnv('METRICS_NAMESPACE') });
const database = connectDatabase(configuration, metrics, 10_000);
const store = new PurgeStore(database);
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

/** Kept back from the time-out: a request to the CDN that was begun at the last moment, and its confirmation. */
const RESERVE_MS = 20_000;
const CONFIRM_MS = 10_000;
/** As long as SQS can hold a message back. */
const LONGEST_DELAY_MS = 900_000;
/** The message of an execution whose time is up to the one that goes on. */
const GO_ON = JSON.stringify({ flush: true });

/** Messages of the queue, or the schedule that looks after what waits. */
type InvalidatorEvent = { readonly Records: readonly ChangeMessage[] } | { readonly flush: true };

/** What it throws brings all messages of the batch back: every step may be done twice. */
export async function handler(event: InvalidatorEvent, invocation: Invocation): Promise<void> {
  const deps = await dependencies(Date.now() + invocation.getRemainingTimeInMillis() - RESERVE_MS);
  const messages = 'Records' in event ? event.Records : [{ messageId: 'schedule', body: GO_ON }];
  const changes = messages.filter(({ body }) => body !== GO_ON);
  try {
    await invalidateChanges(changes, deps);
    if (changes.length < messages.length) await purgeAndWarm(deps);
  } finally {
    metrics.flush();
  }
}

const flushDeps: FlushDeps = {
  store,
  turn: (holder) => new PurgeTurn(holder, { database, now: Date.now, sleep: pause }),
  metrics,
  now: Date.now,
  sleep: pause,
  purge: purgeDistribution.bind(undefined, distribution),
  goOn: async (afterMs) => {
    const DelaySeconds = Math.floor(Math.min(afterMs, LONGEST_DELAY_MS) / 1_000);
    await queue.send(new SendMessageCommand({ QueueUrl: changesQueue, MessageBody: GO_ON, DelaySeconds }));
  },
  onRefusal: (answer, { reference }) => logger.warn('the CDN did not take an invalidation', { answer, reference }),
};

async function dependencies(deadline: number): Promise<InvalidateDeps> {
  const { settleMs, ...options } = settings;
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
    settleMs,
  };
}
