import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { batches } from '../messages';
import type { DomainEvent } from './domain-event';
import { entryBytes, entryOf, MAX_BYTES } from './entry';

/** Of one call: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const LIMITS = { items: 10, bytes: MAX_BYTES };

/**
 * Hands events to whoever listens. Resolves with whether each was taken, in the order given; rejects when it is not
 * known of any, and then each may have been taken all the same.
 */
export type Publish = (events: readonly DomainEvent[]) => Promise<readonly boolean[]>;

export interface EventBridgeOptions {
  /** Name or ARN of the bus. */
  readonly bus: string;
  readonly client: Pick<EventBridgeClient, 'send'>;
}

/** Publishes to an EventBridge bus, in as few calls as its limits allow. */
export function eventBridge({ bus, client }: EventBridgeOptions): Publish {
  return async (events) => {
    const calls = batches(events.map(entryOf), entryBytes, LIMITS).map(async (batch) => {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({ Entries: batch.map((entry) => ({ ...entry, EventBusName: bus })) }),
      );
      // One result for each entry, in their order; only an entry that was taken has an id.
      return batch.map((_, index) => Entries[index]?.EventId !== undefined);
    });
    return (await Promise.all(calls)).flat();
  };
}
