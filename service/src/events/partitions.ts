/** What of a `pg` client is used: one connection, straight to the primary, as the owner of the table. */
interface PartitionClient {
  query(sql: string, params?: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface PartitionPlan {
  /** How many months after the current one have a partition. */
  readonly monthsAhead: number;
  /** How many whole months before the current one stay in the table. */
  readonly retentionMonths: number;
}

/** What one run of the maintenance did, and what the table looks like after it. */
export interface PartitionReport {
  readonly created: readonly string[];
  readonly detached: readonly string[];
  readonly attached: readonly string[];
}

/** Any number will do, as long as every maintainer takes the same one. */
const LOCK = 4_841_052_030;

/**
 * Creates the monthly partitions of `events` ahead of time and detaches those that are older than the retention. A
 * detached month is an ordinary table of the same name, ready to be exported and dropped. DETACH … CONCURRENTLY does
 * not make writers wait; one that was interrupted is finished by the next run. Of several maintainers at once only one
 * works, and the others return `undefined`.
 */
export async function maintainPartitions(
  client: PartitionClient,
  now: Date,
  { monthsAhead, retentionMonths }: PartitionPlan,
): Promise<PartitionReport | undefined> {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
  if ((rows[0] as { locked: boolean }).locked === false) return undefined;
  try {
    const before = await partitions(client);
    const created = await create(client, now, monthsAhead, before);
    const detached = await detach(client, monthStart(now, -retentionMonths), before);
    return { created, detached, attached: (await partitions(client)).map(({ name }) => name) };
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

interface Partition {
  readonly name: string;
  /** A detach that was interrupted. */
  readonly pending: boolean;
}

async function partitions(client: PartitionClient): Promise<Partition[]> {
  const { rows } = await client.query(`
    SELECT c.relname AS name, i.inhdetachpending AS pending
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'events'::regclass ORDER BY c.relname`);
  return rows as Partition[];
}

async function create(client: PartitionClient, now: Date, ahead: number, before: Partition[]): Promise<string[]> {
  const months = Array.from({ length: ahead + 1 }, (_, offset) => offset)
    .map((offset) => ({ from: monthStart(now, offset), to: monthStart(now, offset + 1) }))
    .filter(({ from }) => before.every(({ name }) => name !== partitionName('events', from)));
  for (const { from, to } of months) {
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${partitionName('events', from)} PARTITION OF events
       FOR VALUES FROM ('${from.toISOString()}') TO ('${to.toISOString()}')`,
    );
  }
  return months.map(({ from }) => partitionName('events', from));
}

async function detach(client: PartitionClient, oldest: Date, before: Partition[]): Promise<string[]> {
  // Names sort like their months. PostgreSQL begins no detach while another one waits to be finished.
  const retired = before
    .filter(({ name, pending }) => pending || name < partitionName('events', oldest))
    .sort((a, b) => Number(b.pending) - Number(a.pending));
  for (const { name, pending } of retired) {
    await client.query(`ALTER TABLE events DETACH PARTITION ${name} ${pending ? 'FINALIZE' : 'CONCURRENTLY'}`);
  }
  return retired.map(({ name }) => name);
}

/** Midnight UTC of the first day of the month that is `offset` months after that of `date`. */
export function monthStart(date: Date, offset: number): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1));
}

/** `events_2026_11` for `events` in November 2026. */
export function partitionName(table: string, month: Date): string {
  return `${table}_${month.getUTCFullYear()}_${String(month.getUTCMonth() + 1).padStart(2, '0')}`;
}
