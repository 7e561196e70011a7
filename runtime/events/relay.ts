import { setTimeout as sleep } from 'node:timers/promises';
import type { StatementRunner } from '../database';
import type { DomainEvent } from './domain-event';
import type { Publish } from './event-bridge';
import { tracedPublish } from './traced-publish';

export interface RelayOptions {
  readonly database: Pick<StatementRunner, 'transaction' | 'write'>;
  readonly publish: Publish;

  /**
   * How long an event stays after it was published, in hours.
   *
   * @default 72
   */
  readonly keepHours?: number;
}

export interface RelayReport {
  /** Events that the bus took. */
  readonly published: number;
  /** Events that the bus refused; they are tried again. */
  readonly refused: number;
  /** Published events that were old enough to go. */
  readonly removed: number;
}

/** Short enough that the transaction around the calls to the bus holds its locks for a moment only. */
const BATCH = 100;

/**
 * The oldest waiting event of each subject, so that those of one subject leave in their order however many relays
 * there are: the next one is not taken before this one is marked. Rows that another relay publishes are passed over.
 */
const CLAIM = `
  SELECT position, event FROM outbox AS head
  WHERE published_at IS NULL AND NOT EXISTS (
    SELECT FROM outbox AS earlier
    WHERE earlier.published_at IS NULL AND earlier.subject = head.subject AND earlier.position < head.position
  )
  ORDER BY position LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;

/** The event was checked when it was written; checking it again could only hold it back. */
interface Waiting extends Record<string, unknown> {
  readonly position: string;
  readonly event: DomainEvent;
}

const MARK = 'UPDATE outbox SET published_at = now() WHERE position = ANY ($1::bigint[])';

const REMOVE = `
  DELETE FROM outbox WHERE position IN (
    SELECT position FROM outbox WHERE published_at < now() - make_interval(hours => $1)
    ORDER BY published_at LIMIT 1000 FOR UPDATE SKIP LOCKED
  )`;

/**
 * Publishes what waits, batch after batch, until nothing does or the bus refuses something. An event leaves at least
 * once and always with the same id: a relay that dies after the bus took it and before that is marked leaves it to the
 * next one.
 *
 * @throws what the database or the bus threw; what waits then goes on waiting
 */
export async function relayWaiting({ database, publish, keepHours = 72 }: RelayOptions): Promise<RelayReport> {
  const report = { published: 0, refused: 0, removed: 0 };
  for (let claimed = -1; claimed !== 0 && report.refused === 0; ) {
    const { value: taken } = await database.transaction(async (transaction) => {
      const { rows } = await transaction.query<Waiting>(CLAIM);
      const answers = rows.length === 0 ? [] : await tracedPublish(publish)(rows.map(({ event }) => event));
      const positions = rows.filter((_, index) => answers[index] === true).map(({ position }) => position);
      if (positions.length > 0) await transaction.query(MARK, [positions]);
      claimed = rows.length;
      return positions.length;
    });
    report.published += taken;
    report.refused += claimed - taken;
  }
  const { rowCount } = await database.write(REMOVE, [keepHours]);
  return { ...report, removed: rowCount };
}

export interface KeepRelayingOptions extends RelayOptions {
  /** Told about every round that failed; the relay goes on. */
  readonly onError: (error: unknown) => void;
  /** Pause after a round, in milliseconds. */
  readonly pauseMillis: number;
  /** Ends the relay after the round under way. */
  readonly signal: AbortSignal;
}

/** Relays round after round until it is told to stop, at least once, and resolves with the sum of them. */
export async function keepRelaying({
  onError,
  pauseMillis,
  signal,
  ...options
}: KeepRelayingOptions): Promise<RelayReport> {
  const sum = { published: 0, refused: 0, removed: 0 };
  do {
    try {
      const { published, refused, removed } = await relayWaiting(options);
      sum.published += published;
      sum.refused += refused;
      sum.removed += removed;
    } catch (error) {
      onError(error);
    }
    await sleep(pauseMillis, undefined, { signal }).catch(() => {});
  } while (!signal.aborted);
  return sum;
}
