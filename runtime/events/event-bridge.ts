import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DomainEvent } from './domain-event';
import { type Entry, entryBytes, entryOf, MAX_BYTES } from './entry';

/** `PutEvents` takes ten entries at a time at most. */
const MAX_ENTRIES = 10;

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
    const calls = batches(events.map(entryOf)).map(async (batch) => {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({ Entries: batch.map((entry) => ({ ...entry, EventBusName: bus })) }),
      );
      // One result for each entry, in their order; only an entry that was taken has an id.
      return batch.map((_, index) => Entries[index]?.EventId !== undefined);
    });
    return (await Promise.all(calls)).flat();
  };
}

function batches(entries: readonly Entry[]): Entry[][] {
  const all: Entry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const bytes = entryBytes(entry);
    const last = all.at(-1);
    if (last !== undefined && last.length < MAX_ENTRIES && bytes <= room) {
      last.push(entry);
      room -= bytes;
    } else {
      all.push([entry]);
      room = MAX_BYTES - bytes;
    }
  }
  return all;
}
