import { Logger } from '@aws-lambda-powertools/logger';
import { MetricsAggregator } from '../../runtime/telemetry/aggregator';
import { requireEnv } from '../shared/env';
import { applyInOrder, type BatchResult, type StreamRecord } from './apply-in-order';

const logger = new Logger();
const metrics = new MetricsAggregator({ namespace: requireEnv('METRICS_NAMESPACE') });

/** Counts what a stream carries, by kind. Another function replaces `count` and keeps the rest. */
export async function handler({ Records }: { readonly Records: readonly StreamRecord[] }): Promise<BatchResult> {
  const result = await applyInOrder(Records, {
    apply: count,
    unreadable: ({ kinesis }) => logger.warn('unreadable record', { sequenceNumber: kinesis.sequenceNumber }),
  });
  metrics.flush();
  return result;
}

async function count(value: unknown): Promise<void> {
  const { kind } = (value ?? {}) as { readonly kind?: unknown };
  if (typeof kind !== 'string') throw new TypeError('an event must say its `kind`');
  metrics.count('stream_events_total', { kind });
}
