import { parseLogPosition } from './log-position';
import type { Fence } from './read-token';

/** What one server said about itself and, on Aurora or a primary, about others. */
export interface Observation {
  readonly standby: boolean;
  /** Of a primary: the log's timeline, which grows with each promotion. */
  readonly timeline?: number;
  /** Where this server is in the log: what it has written (primary) or replayed (replica). */
  readonly position?: bigint;
  /** Of a primary: the least that any connected replica has replayed. */
  readonly leastReplayed?: bigint;
  /** Of Aurora: every reader that reported lately. */
  readonly readers?: readonly AuroraReader[];
}

export interface AuroraReader {
  readonly name: string;
  readonly lagMillis: number;
  /** It has everything that was committed before this moment of the cluster's clock. */
  readonly upToMillis: number;
}

/** How positions, roles and lag are asked from one kind of PostgreSQL. */
export interface Replication {
  /** Asked from every server, at every poll. */
  readonly probe: string;
  parse(row: Readonly<Record<string, unknown>>): Observation;
  /** Asked from the primary after a commit. */
  readonly stamp: string;
  fence(row: Readonly<Record<string, unknown>>): Fence;
}

/** Which of the two a server is; any server may be asked. */
export const FLAVOUR_PROBE = `SELECT EXISTS (SELECT FROM pg_proc WHERE proname = 'aurora_version') AS aurora`;

/** https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL */
const vanilla: Replication = {
  // The walfile's first eight digits are the timeline; `pg_control_checkpoint()` shows it only after a checkpoint.
  probe: `SELECT pg_is_in_recovery() AS standby,
    (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text AS position,
    CASE WHEN pg_is_in_recovery() THEN NULL ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS timeline,
    (SELECT min(replay_lsn)::text FROM pg_stat_replication WHERE state = 'streaming') AS replayed`,
  parse: (row) => ({
    standby: row['standby'] === true,
    ...optional('timeline', typeof row['timeline'] === 'string' ? Number.parseInt(row['timeline'], 16) : undefined),
    ...optional('position', parseLogPosition(String(row['position']))),
    ...optional('leastReplayed', parseLogPosition(String(row['replayed']))),
  }),
  // The insert position is at or behind the commit record whatever `synchronous_commit` says. It must be asked after
  // the commit: inside the transaction it is smaller.
  stamp: 'SELECT pg_current_wal_insert_lsn()::text AS position',
  fence: (row) => {
    const position = parseLogPosition(String(row['position']));
    return position === undefined ? { kind: 'unknown' } : { kind: 'position', position };
  },
};

/** A reader that has not reported for this long is gone, although its row remains; AWS' own drivers use it too. */
const STALE_READER_SECONDS = 300;

/** Clocks of the cluster's instances, and what a status row's own age may hide. */
const CLOCK_MARGIN_MILLIS = 100;

/**
 * Aurora has no log positions to compare (its functions for them fail with 0A000), but says how far each reader is
 * behind: a reader has seen all that was committed before it last reported, less its lag.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora_replica_status.html
 */
const aurora: Replication = {
  probe: `SELECT pg_is_in_recovery() AS standby, (
    SELECT json_agg(json_build_object(
      'name', server_id,
      'lag', replica_lag_in_msec,
      'reported', extract(epoch FROM last_update_timestamp) * 1000))
    FROM aurora_replica_status()
    WHERE session_id <> 'MASTER_SESSION_ID' AND replica_lag_in_msec IS NOT NULL
      AND last_update_timestamp > now() - interval '${STALE_READER_SECONDS} s') AS readers`,
  parse: (row) => ({ standby: row['standby'] === true, readers: auroraReaders(row['readers']) }),
  stamp: 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS millis',
  fence: (row) => ({ kind: 'time', millis: Math.ceil(Number(row['millis'])) }),
};

function auroraReaders(value: unknown): readonly AuroraReader[] {
  if (!Array.isArray(value)) return [];
  return value.map(({ name, lag, reported }: { name: string; lag: number; reported: number }) => ({
    name,
    lagMillis: lag,
    upToMillis: reported - lag - CLOCK_MARGIN_MILLIS,
  }));
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

export const replicationOf = { vanilla, aurora } as const satisfies Record<string, Replication>;

export type Flavour = keyof typeof replicationOf;
