import { randomUUID } from 'node:crypto';
import type { Row, StatementRunner } from '../database';
import { EXPIRE, FAILED, FORGET, HEAD, LEASE, RELEASE, SENT, WAITING } from './queue-statements';

/** A subscriber whose deliveries one worker sends for a while, one after the other; nobody else does meanwhile. */
export interface Lease extends Row {
  readonly subscriptionId: string;
  readonly url: string;
  /** Scheme, host and port of the URL: what limits and circuits are about. */
  readonly origin: string;
  /** Attempts that failed since the last that did not. */
  readonly failures: number;
  /** Encrypted secrets that sign, the newest first. */
  readonly secrets: readonly Buffer[];
  /** Names this lease towards the queue. */
  readonly lease: string;
}

/** One message for one subscriber. */
export interface Delivery extends Row {
  readonly position: string;
  readonly eventId: string;
  readonly body: string;
  readonly createdAt: Date;
}

/** Whom to lease. */
export interface LeaseRequest {
  readonly now: Date;
  readonly most: number;
  /** Those whose last attempt failed, or the others. */
  readonly failing: boolean;
  /** Leases that one origin may have at a time here. */
  readonly perOrigin: number;
  /** Leases that each origin has here. */
  readonly held: ReadonlyMap<string, number>;
}

/** What becomes of a delivery that failed. */
export interface Failure {
  readonly reason: string;
  readonly retryAt: Date;
  /** No more attempts: it goes to the dead letters. */
  readonly dead: boolean;
  /** The receiver wants nothing any more: the subscription is paused. */
  readonly pause: boolean;
}

/** What waits. */
export interface Backlog extends Row {
  readonly deliveries: number;
  /** Age of the oldest, in seconds; 0 without any. */
  readonly oldestSeconds: number;
}

/**
 * The deliveries as PostgreSQL keeps them. A worker leases subscribers rather than deliveries, so that each subscriber
 * gets its messages in order; a lease that is not renewed ends by itself, so that a worker that dies loses nothing.
 * Methods that take a lease give `false` when it has ended meanwhile: whoever has the next one sends the rest.
 */
export class DeliveryQueue {
  /** @param leaseMillis must be longer than an attempt can take */
  public constructor(
    private readonly database: Pick<StatementRunner, 'write'>,
    private readonly leaseMillis: number,
  ) {}

  /** Subscribers that have something to be sent now, those that have waited longest first. */
  public async lease({ now, most, failing, perOrigin, held }: LeaseRequest): Promise<readonly Lease[]> {
    const params = [now, most, failing, perOrigin, Object.fromEntries(held), this.until(now), randomUUID()];
    return (await this.database.write<Lease>(LEASE, params)).rows;
  }

  /** The next deliveries of a subscriber, in their order. */
  public async head({ subscriptionId }: Lease, most: number): Promise<readonly Delivery[]> {
    return (await this.database.write<Delivery>(HEAD, [subscriptionId, most])).rows;
  }

  /** The receiver has it. The lease goes on. */
  public sent({ subscriptionId, lease }: Lease, { position }: Delivery, now: Date): Promise<boolean> {
    return this.holds(SENT, [subscriptionId, lease, position, this.until(now)]);
  }

  /** The attempt failed. The lease ends, and the subscriber waits until `retryAt`. */
  public failed({ subscriptionId, lease }: Lease, { position }: Delivery, failure: Failure, now: Date) {
    const { reason, retryAt, dead, pause } = failure;
    return this.holds(FAILED, [subscriptionId, lease, position, reason, retryAt, dead, pause, now]);
  }

  /** Ends the lease; the subscriber's turn comes again at `retryAt`. */
  public release({ subscriptionId, lease }: Lease, retryAt: Date): Promise<boolean> {
    return this.holds(RELEASE, [subscriptionId, lease, retryAt]);
  }

  /** Makes dead letters of deliveries that are older than `before`, attempted or not; gives how many. */
  public async expire(before: Date, now: Date): Promise<number> {
    return (await this.database.write(EXPIRE, [before, now])).rowCount;
  }

  /** Removes dead letters that died before `before`; gives how many. */
  public async forget(before: Date): Promise<number> {
    return (await this.database.write(FORGET, [before])).rowCount;
  }

  public async backlog(now: Date): Promise<Backlog> {
    const { rows } = await this.database.write<Backlog>(WAITING, [now]);
    return rows[0] ?? { deliveries: 0, oldestSeconds: 0 };
  }

  private async holds(sql: string, params: readonly unknown[]): Promise<boolean> {
    return (await this.database.write(sql, params)).rowCount > 0;
  }

  private until(now: Date): Date {
    return new Date(now.getTime() + this.leaseMillis);
  }
}
