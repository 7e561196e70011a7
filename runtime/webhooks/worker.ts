import { setTimeout as sleep } from 'node:timers/promises';
import { type Metrics, noMetrics } from '../telemetry/metrics';
import type { DeliveryQueue } from './delivery-queue';
import type { Dispatcher } from './dispatcher';
import { defaultRetries } from './retry';

export interface WebhookWorkerOptions {
  readonly dispatcher: Dispatcher;
  readonly queue: DeliveryQueue;
  /** Told about every round that failed; the worker goes on. */
  readonly onError: (error: unknown) => void;

  /**
   * How often an idle worker looks for something to send, in milliseconds.
   *
   * @default 500
   */
  readonly pollMillis?: number;

  /**
   * How long dead letters are kept, in days.
   *
   * @default 30
   */
  readonly keepDeadLettersDays?: number;

  /** @default - metrics go nowhere */
  readonly metrics?: Metrics;
}

export interface WebhookWorker {
  /** Takes nothing more and resolves when the attempts under way have ended. */
  stop(): Promise<void>;
}

/** Between two looks at the queue: turns that end together are followed up by one query. */
const GAP_MILLIS = 10;
const UPKEEP_MILLIS = 60_000;
const DAY_MILLIS = 24 * 3_600_000;

/** Sends what is due until it is told to stop; any number of workers may do so at once. */
export function startWebhookWorker(options: WebhookWorkerOptions): WebhookWorker {
  const stopping = new AbortController();
  const running = run(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
      await options.dispatcher.stop();
    },
  };
}

async function run(options: WebhookWorkerOptions, signal: AbortSignal): Promise<void> {
  const { dispatcher, onError, pollMillis = 500 } = options;
  let upkeepAt = 0;
  while (!signal.aborted) {
    try {
      await dispatcher.fill();
      if (Date.now() >= upkeepAt) {
        upkeepAt = Date.now() + UPKEEP_MILLIS;
        await upkeep(options);
      }
    } catch (error) {
      onError(error);
    }
    const tick = new AbortController();
    const pause = sleep(pollMillis, undefined, { signal: AbortSignal.any([signal, tick.signal]) }).catch(() => {});
    await Promise.race([dispatcher.oneDone(), pause]);
    tick.abort();
    await sleep(GAP_MILLIS);
  }
}

async function upkeep({ queue, keepDeadLettersDays = 30, metrics = noMetrics }: WebhookWorkerOptions): Promise<void> {
  const now = new Date();
  const expired = await queue.expire(new Date(now.getTime() - defaultRetries.windowMillis), now);
  await queue.forget(new Date(now.getTime() - keepDeadLettersDays * DAY_MILLIS));
  const { deliveries, oldestSeconds } = await queue.backlog(now);
  metrics.count('webhook_dead_letters_total', {}, expired);
  metrics.gauge('webhook_deliveries_waiting', {}, deliveries);
  metrics.gauge('webhook_oldest_delivery_seconds', {}, oldestSeconds);
}
