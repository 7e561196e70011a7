import { randomUUID } from 'node:crypto';

export interface QueueOptions {
  /** How long a delivered message is hidden from others. */
  readonly visibilitySeconds: number;
  /** Deliveries after which a message goes to `deadLetters` instead of being delivered once more. */
  readonly maxReceives?: number;
  readonly deadLetters?: SqsQueue;
  /** Whether messages of a group are delivered in their order, and those of one deduplication id once. */
  readonly fifo: boolean;
  /** Of how many deliveries one is made twice, as at-least-once allows; none when left out. */
  readonly duplicateEvery?: number;
}

/** A message as the queue keeps it. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  /** `AWSTraceHeader`, which is no part of the message's attributes. */
  readonly trace: string | undefined;
  readonly attributes: Readonly<Record<string, { readonly StringValue?: string }>>;
  /** Number of deliveries so far. */
  receives: number;
  /** Hidden from receivers until then, in milliseconds since the epoch. */
  hiddenUntil: number;
}

export interface NewMessage extends Partial<Pick<StoredMessage, 'body' | 'group' | 'trace' | 'attributes'>> {
  readonly delaySeconds?: number | undefined;
  readonly deduplicationId?: string | undefined;
}

/** A queue with SQS's semantics: at least once, visibility time-outs, delays, groups in order, redrive. */
export class SqsQueue {
  private readonly stored = new Map<string, StoredMessage>();
  private readonly receipts = new Map<string, StoredMessage>();
  private readonly known = new Set<string>();
  private deliveries = 0;

  public constructor(private readonly options: QueueOptions) {}

  public add({ body = '', group, trace, attributes = {}, delaySeconds = 0, deduplicationId }: NewMessage): string {
    const id = randomUUID();
    if (this.options.fifo && deduplicationId !== undefined) {
      if (this.known.has(deduplicationId)) return id;
      this.known.add(deduplicationId);
    }
    this.keep({ id, body, group, trace, attributes, receives: 0, hiddenUntil: Date.now() + delaySeconds * 1000 });
    return id;
  }

  private keep(message: StoredMessage): void {
    this.stored.set(message.id, message);
  }

  /** Up to `max` deliveries, each with a receipt of its own. */
  public receive(max: number): (StoredMessage & { readonly receipt: string })[] {
    const taken: StoredMessage[] = [];
    const now = Date.now();
    const blocked = new Set<string>();
    for (const message of this.stored.values()) {
      if (taken.length === max) break;
      const { group, hiddenUntil } = message;
      if (this.options.fifo && group !== undefined && blocked.has(group)) continue;
      if (hiddenUntil > now) {
        if (group !== undefined && message.receives > 0) blocked.add(group);
      } else if (!this.redriven(message)) taken.push(message);
    }
    return taken.map((message) => this.deliver(message));
  }

  private redriven(message: StoredMessage): boolean {
    const { maxReceives, deadLetters } = this.options;
    if (maxReceives === undefined || deadLetters === undefined || message.receives < maxReceives) return false;
    this.stored.delete(message.id);
    deadLetters.keep({ ...message, hiddenUntil: 0 });
    return true;
  }

  private deliver(message: StoredMessage): StoredMessage & { readonly receipt: string } {
    const { visibilitySeconds, duplicateEvery = Number.POSITIVE_INFINITY } = this.options;
    this.deliveries += 1;
    message.receives += 1;
    // A copy that did not hear of the delivery hands the message out once more.
    const twice = this.deliveries % duplicateEvery === 0;
    message.hiddenUntil = twice ? 0 : Date.now() + visibilitySeconds * 1000;
    const receipt = randomUUID();
    this.receipts.set(receipt, message);
    return { ...message, receipt };
  }

  /** Any receipt that the message was delivered with is good for it, as in a standard queue. */
  public delete(receipt: string): boolean {
    const message = this.receipts.get(receipt);
    this.receipts.delete(receipt);
    if (message !== undefined) this.stored.delete(message.id);
    return message !== undefined;
  }

  public hide(receipt: string, seconds: number): boolean {
    const message = this.receipts.get(receipt);
    if (message === undefined || !this.stored.has(message.id)) return false;
    message.hiddenUntil = Date.now() + seconds * 1000;
    return true;
  }

  /** As if every time-out had ended. */
  public showAll(): void {
    for (const message of this.stored.values()) message.hiddenUntil = 0;
  }

  public get size(): number {
    return this.stored.size;
  }

  public messages(): readonly StoredMessage[] {
    return [...this.stored.values()].map((message) => ({ ...message }));
  }
}
