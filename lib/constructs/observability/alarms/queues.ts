import { Duration } from 'aws-cdk-lib';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Concern, MissingData } from '../alarm-row';
import { inGroups, largestOf, numbered, summedUp } from './in-groups';

const PERIOD = Duration.minutes(5);
const IDLE: MissingData = {
  counts: 'notBreaching',
  because: 'a queue that nobody has used for six hours reports nothing',
};

export interface WatchedQueues {
  /** Queues whose messages somebody takes. */
  readonly work: readonly sqs.IQueue[];
  /** Queues in which messages end that nobody could deal with. */
  readonly dead: readonly sqs.IQueue[];
}

/** Whether work waits too long, and whether some was given up. */
export function queueAlarms({ work, dead }: WatchedQueues): Concern {
  return {
    name: 'queues',
    rows: [
      ...inGroups(work).map((group, index) => ({
        id: numbered('queues-age', index),
        says: 'A message has waited in a queue for more than a quarter of an hour',
        metric: largestOf(
          group.map((queue) => queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: 'Maximum' })),
          PERIOD,
        ),
        when: { above: 900 },
        datapoints: [2, 3] as const,
        severity: 'ticket' as const,
        missing: IDLE,
        runbook: 'queues-age',
      })),
      ...inGroups(dead).map((group, index) => ({
        id: numbered('queues-dead-letters', index),
        says: 'Messages were given up and wait in a dead-letter queue for somebody to look at them',
        metric: summedUp(
          group.map((queue) =>
            queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
          ),
          PERIOD,
        ),
        when: { atLeast: 1 },
        datapoints: [1, 1] as const,
        severity: 'ticket' as const,
        missing: IDLE,
        runbook: 'queues-dead-letters',
      })),
    ],
  };
}
