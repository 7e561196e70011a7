import type { DomainEvent } from './domain-event';

/** One event as `PutEvents` takes it, without the bus. */
export interface Entry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Time: Date;
  readonly TraceHeader?: string;
}

/** Who says it, in rules and archives: the `source` of every event of the application. */
export const EVENT_SOURCE = 'headroom.application';

/**
 * Most bytes of an entry, and of all entries of a call. AWS takes 1 MB since January 2026; this is what every region
 * and every target took before, and an event that needs more should name what it is about instead of holding it.
 */
export const MAX_BYTES = 256 * 1024;

export function entryOf(event: DomainEvent): Entry {
  return {
    Source: EVENT_SOURCE,
    DetailType: event.type,
    Detail: JSON.stringify(event),
    Time: new Date(event.occurredAt),
    ...(event.trace !== undefined && { TraceHeader: event.trace }),
  };
}

/** Bytes as EventBridge counts them: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
export function entryBytes({ Source, DetailType, Detail }: Entry): number {
  return 14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}
