import type { StatementRunner } from '../../runtime/database';

/** What the CDN has been asked lately. */
export interface Turn {
  /** From when on the next request may be sent, in ms since the epoch. */
  readonly nextAt: number;
  /** Requests in a row that the CDN has refused. */
  readonly refusals: number;
}

const TAKE = `
  UPDATE cdn_purge_turn SET holder = $1, held_until = $3 WHERE held_until <= $2 OR holder = $1
  RETURNING next_at, refusals`;

const KEEP = 'UPDATE cdn_purge_turn SET held_until = $2 WHERE holder = $1';

const LEAVE = `
  UPDATE cdn_purge_turn SET holder = NULL, held_until = '-infinity', next_at = coalesce($2, next_at), refusals = $3
  WHERE holder = $1`;

const LOOK_AFTER = `
  UPDATE cdn_purge_turn SET looked_after_at = $2 WHERE looked_after_at <= $1 RETURNING looked_after_at`;

/**
 * How long the turn is one's without another sign of life: others wait no longer for one that has died. Who loses it
 * by being slow does no harm, because a request that is sent twice is one request.
 */
const HELD_MS = 600;
const SIGN_OF_LIFE_MS = 150;
/** When who left something to the holder has it looked after: the turn of one that died is free then. */
const LOOK_AFTER_MS = 1_000;

const at = (milliseconds: number): Date => new Date(milliseconds);

export interface PurgeTurnOptions {
  readonly database: Pick<StatementRunner, 'write'>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** The right to ask the CDN: one execution has it at a time, for as long as it shows signs of life. */
export class PurgeTurn {
  public constructor(
    private readonly holder: string,
    private readonly options: PurgeTurnOptions,
  ) {}

  /** `undefined` while another has it. */
  public async take(): Promise<Turn | undefined> {
    const { database, now } = this.options;
    const params = [this.holder, at(now()), at(now() + HELD_MS)];
    const { rows } = await database.write<{ next_at: Date | number; refusals: number }>(TAKE, params);
    const [turn] = rows;
    // The driver maps `-infinity` to a number.
    return turn && { nextAt: Number(turn.next_at), refusals: turn.refusals };
  }

  /**
   * After how many milliseconds somebody must look whether the holder is still at work; `undefined` when somebody who
   * found the turn taken has already arranged it.
   */
  public async lookAfterMs(): Promise<number | undefined> {
    const { database, now } = this.options;
    const { rows } = await database.write(LOOK_AFTER, [at(now() - LOOK_AFTER_MS), at(now())]);
    return rows.length > 0 ? LOOK_AFTER_MS : undefined;
  }

  /** Holds the turn for as long as `work` takes. */
  public async during<T>(work: Promise<T>): Promise<T> {
    const { database, now, sleep } = this.options;
    let working = true;
    const done = work.finally(() => {
      working = false;
    });
    const ended = done.catch(() => undefined);
    while (working) {
      await Promise.race([ended, sleep(SIGN_OF_LIFE_MS)]);
      if (working) await database.write(KEEP, [this.holder, at(now() + HELD_MS)]).catch(() => undefined);
    }
    return done;
  }

  /** Gives the turn back, with the moment from which the next request may be sent if that has changed. */
  public async leave(nextAt: number | undefined, refusals: number): Promise<void> {
    await this.options.database.write(LEAVE, [this.holder, nextAt === undefined ? null : at(nextAt), refusals]);
  }
}
