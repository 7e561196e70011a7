import type { DataTier } from '../../local';
import type { CallOutcome } from '../../local/function-fleet';

/** An execution of the invalidator that died at work, and what it left. */
export interface Crash {
  readonly at: number;
  /** The changes that it had in hand, by item and version; none when it was the schedule's. */
  readonly inHand: readonly { readonly item: number; readonly version: number }[];
  /** The items that waited for a request to the CDN, its own or another's. */
  readonly waiting: readonly number[];
}

/** Changes in messages of the queue; one that has another execution go on holds none. */
const changesIn = (messages: readonly string[]): Crash['inHand'] =>
  messages.flatMap((body) => {
    const data = JSON.parse(body).detail?.data;
    return data === undefined ? [] : [{ item: data.id, version: data.itemVersion }];
  });

async function waitingItems(tier: DataTier): Promise<number[]> {
  const rows = await tier.primary.query<{ item: string }>(`
    SELECT item FROM cdn_purges UNION SELECT unnest(paths) FROM cdn_purge_batches WHERE sent_at IS NULL`);
  return rows.map(({ item }) => Number(item.replace('#item-', '')));
}

/** What executions of the invalidator did not get done. */
export class UnfinishedWork {
  /** Those that died, oldest first. */
  public readonly crashes: Crash[] = [];
  /** How others ended that did not answer. */
  public readonly failures: CallOutcome[] = [];
  private readonly noting: Promise<void>[] = [];

  public constructor(private readonly tier: DataTier) {}

  public readonly note = (outcome: CallOutcome, messages: readonly string[]): void => {
    if (outcome.kind === 'crash') this.noting.push(this.noteCrash(performance.now(), messages));
    else if (outcome.kind !== 'response') this.failures.push(outcome);
  };

  /** Settles when it is known of every crash what it left. */
  public async noted(): Promise<void> {
    await Promise.all(this.noting);
  }

  private async noteCrash(at: number, messages: readonly string[]): Promise<void> {
    const waiting = await waitingItems(this.tier);
    this.crashes.push({ at, inHand: changesIn(messages), waiting });
  }
}
