import { randomUUID } from 'node:crypto';
import type { Row, StatementRunner } from '../database';
import { allowedAddresses, type DestinationPolicy, DestinationRefusedError, hostOf, urlProblems } from './destination';
import type { SecretBox } from './secrets';
import { newSigningSecret } from './signature';
import * as sql from './subscription-statements';

/** Who is told of what, and how it goes. */
export interface Subscription extends Row {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  /** `paused`: nothing is sent; what happens meanwhile waits as long as a failed delivery would. */
  readonly state: 'active' | 'paused';
  readonly createdAt: Date;
  /** Attempts that failed since the last that did not. */
  readonly failures: number;
}

/** What a client decides about a subscription. */
export type SubscriptionChange = Partial<Pick<Subscription, 'url' | 'eventTypes' | 'state'>>;

/** A message that could not be delivered in time. */
export interface DeadLetter extends Row {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly createdAt: Date;
  readonly diedAt: Date;
  readonly attempts: number;
  /** What the last attempt came to. */
  readonly lastError: string;
}

export interface SubscriptionsOptions {
  readonly database: Pick<StatementRunner, 'read' | 'write'>;
  readonly secrets: SecretBox;
  readonly policy: DestinationPolicy;

  /**
   * Subscriptions that one client may have.
   *
   * @default 20
   */
  readonly mostPerClient?: number;

  /**
   * How long a replaced secret goes on signing beside the new one, in milliseconds.
   *
   * @default 86,400,000
   */
  readonly overlapMillis?: number;
}

/** A subscription cannot be made or changed like this. */
export class SubscriptionRefusedError extends Error {
  public override readonly name = 'SubscriptionRefusedError';
}

/** The client has as many subscriptions as it may have. */
export class TooManySubscriptionsError extends Error {
  public override readonly name = 'TooManySubscriptionsError';
}

/** The subscriptions of the clients. Each sees only its own; of another's there is `undefined` or nothing. */
export class Subscriptions {
  public constructor(private readonly options: SubscriptionsOptions) {}

  /**
   * Makes a subscription. This is the only time that its secret can be read.
   *
   * @throws SubscriptionRefusedError when nothing may be sent to the URL
   * @throws TooManySubscriptionsError
   */
  public async create(
    client: string,
    { url, eventTypes }: Pick<Subscription, 'url' | 'eventTypes'>,
  ): Promise<{ readonly subscription: Subscription; readonly secret: string }> {
    const { database, secrets, mostPerClient = 20 } = this.options;
    const origin = await this.originOf(url);
    const [id, secret] = [randomUUID(), newSigningSecret()];
    const params = [id, client, url, origin, eventTypes, secrets.seal(id, secret), mostPerClient];
    const { rows } = await database.write<Subscription>(sql.CREATE, params);
    const [subscription] = rows;
    if (subscription === undefined) {
      throw new TooManySubscriptionsError(`a client may have ${mostPerClient} subscriptions; remove one first`);
    }
    return { subscription, secret };
  }

  public async list(client: string): Promise<readonly Subscription[]> {
    return (await this.options.database.read<Subscription>(sql.LIST, [client], { from: 'primary' })).rows;
  }

  public async find(client: string, id: string): Promise<Subscription | undefined> {
    return (await this.options.database.read<Subscription>(sql.FIND, [client, id], { from: 'primary' })).rows[0];
  }

  /**
   * Changes what is given. Whatever it is, the next message is tried at once.
   *
   * @throws SubscriptionRefusedError when nothing may be sent to the new URL
   */
  public async update(client: string, id: string, change: SubscriptionChange): Promise<Subscription | undefined> {
    const { url = null, eventTypes = null, state = null } = change;
    const origin = url === null ? null : await this.originOf(url);
    const params = [client, id, url, origin, eventTypes, state];
    return (await this.options.database.write<Subscription>(sql.UPDATE, params)).rows[0];
  }

  /** Removes a subscription with everything that waits for it; gives whether it was there. */
  public async remove(client: string, id: string): Promise<boolean> {
    return (await this.options.database.write(sql.REMOVE, [client, id])).rowCount > 0;
  }

  /** A new secret, which signs from now on; the one before it signs too, for a while. */
  public async rotateSecret(client: string, id: string, now = new Date()): Promise<string | undefined> {
    const { database, secrets, overlapMillis = 24 * 3_600_000 } = this.options;
    const secret = newSigningSecret();
    const until = new Date(now.getTime() + overlapMillis);
    const { rowCount } = await database.write(sql.ROTATE, [client, id, secrets.seal(id, secret), until]);
    return rowCount > 0 ? secret : undefined;
  }

  /** Dead letters of a subscription after the one with the id `after`, the oldest first. */
  public async deadLetters(client: string, id: string, limit: number, after = '0'): Promise<readonly DeadLetter[]> {
    const params = [client, id, after, limit];
    return (await this.options.database.read<DeadLetter>(sql.DEAD_LETTERS, params, { from: 'primary' })).rows;
  }

  /**
   * Puts dead letters back to the end of the queue, in their order, with a full window of attempts.
   *
   * @param ids which ones; the oldest thousand when left out
   * @returns how many
   */
  public async replay(client: string, id: string, ids?: readonly string[]): Promise<number> {
    return (await this.options.database.write(sql.REPLAY, [client, id, ids ?? null])).rowCount;
  }

  private async originOf(url: string): Promise<string> {
    const { policy } = this.options;
    const problems = urlProblems(policy, url);
    if (problems.length > 0) throw new SubscriptionRefusedError(problems.join('; '));
    const parsed = new URL(url);
    await allowedAddresses(policy, hostOf(parsed)).catch((error: unknown) => {
      throw error instanceof DestinationRefusedError
        ? new SubscriptionRefusedError(error.message, { cause: error })
        : error;
    });
    return parsed.origin;
  }
}
