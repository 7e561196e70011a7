import type { Transaction } from '../database';
import { traceHeader } from '../telemetry/trace-header';
import { type DomainEvent, InvalidEventError } from './domain-event';
import { entryBytes, entryOf, MAX_BYTES } from './entry';

const INSERT = `
  INSERT INTO outbox (subject, event)
  SELECT event ->> 'subject', event FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS given (event, place)
  ORDER BY place`;

/**
 * Writes events in the transaction of the change that they tell of: they are published if and only if it commits.
 *
 * Events of one subject are published in the order in which they were written here. Write them after the statement
 * that changes the subject: its row lock puts the transactions of one subject in order.
 *
 * @throws InvalidEventError when an event is larger than EventBridge takes
 */
export async function appendEvents(transaction: Transaction, events: readonly DomainEvent[]): Promise<void> {
  const tooLarge = events
    .map((event) => ({ ...event, bytes: entryBytes(entryOf(event)) }))
    .filter(({ bytes }) => bytes > MAX_BYTES)
    .map(({ type, subject, bytes }) => `${type} of ${subject} must have at most ${MAX_BYTES} bytes, got ${bytes}`);
  if (tooLarge.length > 0) throw new InvalidEventError(tooLarge);
  const trace = traceHeader();
  const traced = trace === undefined ? events : events.map((event) => ({ ...event, trace }));
  if (events.length > 0) await transaction.query(INSERT, [JSON.stringify(traced)]);
}
