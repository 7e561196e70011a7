/** What one table holds, small enough to be kept beside a backup. */
export interface TableFingerprint {
  /** Schema and name, such as `public.items`; each partition is a table of its own. */
  readonly table: string;
  /** Names and types of its columns, in order. */
  readonly columns: string;
  /** Whether its rows were left alone, because they are sealed from whoever takes manifests. */
  readonly sealed?: boolean;
  /** Column that says when a row was written last; absent when the table has none. */
  readonly changedAt?: string;
  /** Rows that the checksum is over: the settled ones. */
  readonly rows: number;
  /** Rows written after the manifest's `settledAt`. */
  readonly younger: number;
  /** Sum over the settled rows of 64 bits of each row's MD5: the same in any order, another one when a row differs. */
  readonly checksum: string;
}

/** What a database held at one moment: what a copy of it is compared with. */
export interface Manifest {
  readonly version: 1;
  /** When, by the clock of the database; ISO 8601 in UTC, as all times here. */
  readonly takenAt: string;
  /**
   * Rows written up to then are settled: no transaction that is still open can add to them. `all` when nobody writes,
   * and every row counts.
   */
  readonly settledAt: string;
  /** Id of the newest migration; absent without a table `schema_migrations`. */
  readonly schema?: string;
  /** When the newest row that says so was written; absent when none does. */
  readonly newestChange?: string;
  /** Slots that keep log for a reader, by name; a copy must be given those that are still wanted anew. */
  readonly replicationSlots: readonly string[];
  readonly tables: readonly TableFingerprint[];
}

/** What was found in place of a manifest is none. */
export class InvalidManifestError extends Error {
  public override readonly name = 'InvalidManifestError';

  public constructor(reason: string) {
    super(`the manifest cannot be used: ${reason}; take a new one with \`takeManifest\` of this release`);
  }
}

/** @throws InvalidManifestError when `text` is no manifest that this release can read */
export function parseManifest(text: string): Manifest {
  const found = json(text);
  if (!isRecord(found)) throw new InvalidManifestError('it is no JSON object');
  if (found['version'] !== 1) throw new InvalidManifestError(`\`version\` must be 1, got ${String(found['version'])}`);
  const { takenAt, settledAt, schema, newestChange, replicationSlots, tables } = found;
  const sound =
    isTime(takenAt) &&
    (settledAt === 'all' || isTime(settledAt)) &&
    (schema === undefined || typeof schema === 'string') &&
    (newestChange === undefined || isTime(newestChange)) &&
    Array.isArray(replicationSlots) &&
    replicationSlots.every((slot) => typeof slot === 'string') &&
    Array.isArray(tables) &&
    tables.every(isFingerprint);
  if (!sound) throw new InvalidManifestError('a field is missing or of another type');
  return {
    version: 1,
    takenAt,
    settledAt,
    ...(schema === undefined ? {} : { schema }),
    ...(newestChange === undefined ? {} : { newestChange }),
    replicationSlots,
    tables,
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFingerprint(value: unknown): value is TableFingerprint {
  if (!isRecord(value)) return false;
  const { table, columns, sealed = false, changedAt, rows, younger, checksum } = value;
  const texts = [table, columns, checksum, changedAt ?? ''].every((text) => typeof text === 'string');
  return texts && typeof sealed === 'boolean' && Number.isInteger(rows) && Number.isInteger(younger);
}

const isTime = (value: unknown): value is string => typeof value === 'string' && !Number.isNaN(Date.parse(value));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
