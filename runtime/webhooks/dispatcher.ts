import { LRUCache } from 'lru-cache';
import { CircuitBreaker } from '../database/circuit-breaker';
import { type Metrics, noMetrics } from '../telemetry/metrics';
import type { Delivery, DeliveryQueue, Lease } from './delivery-queue';
import { defaultRetries, pauseAfter, type RetryPolicy } from './retry';
import type { SecretBox } from './secrets';
import type { Outcome, Sender } from './sender';
import { signedHeaders } from './signature';

export interface DispatcherOptions {
  readonly queue: DeliveryQueue;
  readonly sender: Sender;
  readonly secrets: SecretBox;

  /**
   * Told of what failed on this side, such as a database that is away; the subscriber's turn comes again.
   *
   * @default - nobody is told
   */
  readonly onError?: (error: unknown) => void;

  /**
   * Subscribers served at the same time.
   *
   * @default 64
   */
  readonly concurrency?: number;

  /**
   * Subscribers of one origin (scheme, host, port) served at the same time.
   *
   * @default 8
   */
  readonly perOrigin?: number;

  /**
   * How long an origin has to wait before its next message, in milliseconds; 0 to send now.
   *
   * @default - as fast as it answers
   */
  readonly pace?: (origin: string) => number;

  /** @default - `defaultRetries` */
  readonly retries?: RetryPolicy;

  /**
   * Failures in a row, over all its subscribers, that close an origin off; how long before one message tries it again.
   *
   * @default - 10 failures, 30,000 ms
   */
  readonly circuit?: { readonly threshold: number; readonly openMillis: number };

  /** @default - metrics go nowhere */
  readonly metrics?: Metrics;

  /**
   * Milliseconds since the epoch.
   *
   * @default - the clock of the process
   */
  readonly now?: () => number;
}

/** Messages of one subscriber before the next one has its turn. */
const TURN = 20;

/**
 * Shares of the places. What failed last time has at most half of them and what did not at most seven eighths, so that
 * neither can keep the other waiting: a destination that hangs takes places only from those that fail too.
 */
const SHARES = [
  { failing: false, share: 7 / 8 },
  { failing: true, share: 1 / 2 },
] as const;

const ORIGINS_REMEMBERED = 10_000;

/** Takes leases and sends what they are about: several subscribers at a time, each one's messages one after the other. */
export class Dispatcher {
  private readonly working = new Map<Lease, Promise<void>>();
  private readonly circuits: LRUCache<string, CircuitBreaker>;
  private readonly now: () => number;
  private readonly metrics: Metrics;
  private stopping = false;

  public constructor(private readonly options: DispatcherOptions) {
    this.now = options.now ?? Date.now;
    this.metrics = options.metrics ?? noMetrics;
    this.circuits = new LRUCache({ max: ORIGINS_REMEMBERED });
  }

  /** Starts as much as is due and fits. Gives whether something may be due that did not fit. */
  public async fill(): Promise<boolean> {
    const { concurrency = 64, perOrigin = 8, queue } = this.options;
    let full = false;
    for (const { failing, share } of SHARES) {
      const places = Math.max(1, Math.floor(concurrency * share));
      const taken = [...this.working.keys()].filter(({ failures }) => failures > 0 === failing).length;
      const most = Math.min(places - taken, concurrency - this.working.size);
      if (most <= 0 || this.stopping) {
        full = true;
        continue;
      }
      const leases = await queue.lease({ now: this.date(), most, failing, perOrigin, held: this.held() });
      for (const lease of leases) this.start(lease);
      full ||= leases.length === most;
    }
    return full;
  }

  /** Resolves when one of the subscribers in work has had its turn. */
  public async oneDone(): Promise<void> {
    await Promise.race(this.working.values());
  }

  /** Resolves when nothing is in work. */
  public async idle(): Promise<void> {
    while (this.working.size > 0) await Promise.all(this.working.values());
  }

  /** Takes nothing more, finishes the attempts under way and gives the rest back. */
  public async stop(): Promise<void> {
    this.stopping = true;
    await this.idle();
  }

  private start(lease: Lease): void {
    const turn = this.turn(lease)
      .catch((error: unknown) => this.options.onError?.(error))
      .finally(() => this.working.delete(lease));
    this.working.set(lease, turn);
  }

  private async turn(lease: Lease): Promise<void> {
    const { queue } = this.options;
    const secrets = lease.secrets.map((sealed) => this.options.secrets.open(lease.subscriptionId, sealed));
    let failures = lease.failures;
    for (const delivery of await queue.head(lease, TURN)) {
      const wait = this.stopping ? 0 : this.waitFor(lease.origin);
      if (this.stopping || wait > 0) {
        await queue.release(lease, this.date(wait));
        return;
      }
      if (!(await this.attempt({ ...lease, failures }, delivery, secrets))) return;
      failures = 0;
    }
    await queue.release(lease, this.date());
  }

  /** Milliseconds until the origin may be sent to. */
  private waitFor(origin: string): number {
    if (!this.circuitOf(origin).willing) return this.circuitOptions.openMillis * (0.5 + Math.random() / 2);
    const wait = this.options.pace?.(origin) ?? 0;
    // Only now: whom the circuit lets through on trial must send.
    if (wait === 0) this.circuitOf(origin).allows();
    return wait;
  }

  /** Whether the subscriber's next message may follow. */
  private async attempt(lease: Lease, delivery: Delivery, secrets: readonly string[]): Promise<boolean> {
    const { queue, sender } = this.options;
    const { eventId: id, body } = delivery;
    const timestamp = Math.floor(this.now() / 1000);
    const outcome = await sender.send(lease.url, signedHeaders(secrets, { id, timestamp, body }), body);
    this.metrics.count('webhook_attempts_total', { outcome: outcome.kind });
    this.judge(lease.origin, outcome);
    if (outcome.kind === 'accepted') return queue.sent(lease, delivery, this.date());
    await this.fail(lease, delivery, outcome);
    return false;
  }

  private async fail(lease: Lease, delivery: Delivery, outcome: Extract<Outcome, { kind: 'failed' }>): Promise<void> {
    const retries = this.options.retries ?? defaultRetries;
    const pause = Math.max(pauseAfter(lease.failures + 1, retries), outcome.retryAfterMillis ?? 0);
    const retryAt = this.date(pause);
    const dead = outcome.gone || retryAt.getTime() > delivery.createdAt.getTime() + retries.windowMillis;
    if (dead) this.metrics.count('webhook_dead_letters_total', {});
    const failure = { reason: outcome.reason, retryAt, dead, pause: outcome.gone };
    await this.options.queue.failed(lease, delivery, failure, this.date());
  }

  /** What answers 4xx is up, whatever it thinks of this message: its neighbours need not wait. */
  private judge(origin: string, outcome: Outcome): void {
    if (outcome.status !== undefined && outcome.status < 500) this.circuitOf(origin).succeeded();
    else this.circuitOf(origin).failed();
  }

  private circuitOf(origin: string): CircuitBreaker {
    const known = this.circuits.get(origin);
    if (known !== undefined) return known;
    const circuit = new CircuitBreaker({ ...this.circuitOptions, now: this.now });
    this.circuits.set(origin, circuit);
    return circuit;
  }

  private get circuitOptions(): { readonly threshold: number; readonly openMillis: number } {
    return this.options.circuit ?? { threshold: 10, openMillis: 30_000 };
  }

  private held(): ReadonlyMap<string, number> {
    const held = new Map<string, number>();
    for (const { origin } of this.working.keys()) held.set(origin, (held.get(origin) ?? 0) + 1);
    return held;
  }

  private date(inMillis = 0): Date {
    return new Date(this.now() + inMillis);
  }
}
