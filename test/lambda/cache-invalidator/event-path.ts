import { setTimeout as sleep } from 'node:timers/promises';
import type { DataTier } from '../../local';
import { awsEnvironment } from '../../local/aws-server';
import { type CloudFrontServer, startCloudFrontServer } from '../../local/cloudfront-server';
import { type EventBridgeServer, startEventBridgeServer } from '../../local/event-bridge-server';
import { addRule } from '../../local/event-rule';
import { EventSourceMapping } from '../../local/event-source-mapping';
import { FunctionFleet } from '../../local/function-fleet';
import { type LocalFunction, startFunction } from '../../local/lambda-runtime';
import { type SqsServer, startSqsServer } from '../../local/sqs-server';
import { environmentOf } from '../../service/rig/local-service';
import { deployed } from './deployed';
import { UnfinishedWork } from './unfinished-work';

export interface EventPathOptions {
  /** Time between two requests to the CDN, in milliseconds. */
  readonly windowMillis: number;
  /** How long answers on their way to an edge are waited for; `undefined` for the function's own default. */
  readonly settleMillis?: number;
  /** How long a message is hidden whose execution died. */
  readonly visibilitySeconds: number;
  /** Between two runs of the schedule. */
  readonly scheduleMillis: number;
}

/** From the outbox to the CDN: relay, bus, rule, queue, the invalidator and its schedule. */
export interface EventPath {
  readonly cloudFront: CloudFrontServer;
  readonly queue: SqsServer;
  readonly invalidator: FunctionFleet;
  readonly unfinished: UnfinishedWork;
  stop(): Promise<void>;
}

const BUS = 'application';

export async function startEventPath(options: EventPathOptions, tier: DataTier): Promise<EventPath> {
  const environment = environmentOf(tier);
  const { visibilitySeconds, scheduleMillis } = options;
  const { pattern, maxReceives, batchSize, maxConcurrency, reservedConcurrency } = deployed;
  const bus = await startEventBridgeServer();
  const cloudFront = await startCloudFrontServer();
  const queue = await startSqsServer({ visibilitySeconds, maxReceives });
  addRule(bus, { bus: BUS, pattern, target: queue.queue });
  const relay = await startRelay(bus, environment);
  const aws = { bus, cloudFront, queue };
  const invalidator = new FunctionFleet(() => startInvalidator(aws, options, environment), reservedConcurrency);
  // As in the middle of a day: what is started later is started because something died.
  await Promise.all(Array.from({ length: maxConcurrency }, () => invalidator.invoke({ flush: true })));
  const unfinished = new UnfinishedWork(tier);
  const onBatch = unfinished.note;
  const batches = { queue: queue.queue, fleet: invalidator, batchSize, maxConcurrency, onBatch };
  const mapping = new EventSourceMapping(batches);
  const schedule = startSchedule(scheduleMillis, async () => onBatch(await invalidator.invoke({ flush: true }), []));
  return {
    cloudFront,
    queue,
    invalidator,
    unfinished,
    stop: async () => {
      await Promise.all([mapping.stop(), schedule.stop()]);
      await unfinished.noted();
      await Promise.all([invalidator.stop(), relay.stop()]);
      await Promise.all([bus.stop(), cloudFront.stop(), queue.stop()]);
    },
  };
}

/** One run after the other: in production a run takes at most half of the minute until the next. */
function startSchedule(everyMillis: number, run: () => Promise<void>) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    while (!signal.aborted) {
      await sleep(everyMillis, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await run();
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** The relay as its schedule has it: one begins when the other ends, or before. */
async function startRelay(bus: EventBridgeServer, environment: Readonly<Record<string, string>>) {
  const relay = startFunction('outbox-relay', {
    environment: {
      ...environment,
      ...awsEnvironment(bus),
      DATABASE_POOL_MAX: '1',
      EVENT_BUS: BUS,
      RELAY_SECONDS: '60',
    },
    timeout: 90_000,
  });
  await relay.start();
  let stopped = false;
  const relaying = (async () => {
    while (!stopped) await relay.invoke({});
  })();
  return {
    stop: async () => {
      stopped = true;
      await relay.stop();
      await relaying;
    },
  };
}

function startInvalidator(
  aws: { readonly bus: EventBridgeServer; readonly cloudFront: CloudFrontServer; readonly queue: SqsServer },
  { windowMillis, settleMillis }: EventPathOptions,
  environment: Readonly<Record<string, string>>,
): LocalFunction {
  return startFunction('cache-invalidator', {
    environment: {
      ...environment,
      ...awsEnvironment(aws.bus),
      AWS_ENDPOINT_URL_CLOUDFRONT: aws.cloudFront.url,
      AWS_ENDPOINT_URL_SQS: aws.queue.url,
      DATABASE_USER: 'app_rw',
      DATABASE_POOL_MAX: '1',
      METRICS_NAMESPACE: 'Headroom/Test',
      DISTRIBUTION_ID: 'E1',
      CHANGES_QUEUE_URL: aws.queue.queueUrl,
      DEAD_LETTER_QUEUE_URL: aws.queue.deadLetterUrl,
      CDN_WINDOW_MILLISECONDS: String(windowMillis),
      // Neither may make good by a wildcard, or leave to a TTL, what was lost.
      CDN_WILDCARD_FROM: '3000',
      CDN_MONTHLY_PATHS: '10000000',
      ...(settleMillis !== undefined && { CDN_SETTLE_MILLISECONDS: String(settleMillis) }),
    },
    timeout: deployed.timeoutMillis,
    memory: deployed.memory,
  });
}
