import type { Manifest, TableFingerprint } from './manifest';
import { type ManifestClient, takeManifest } from './take-manifest';

export interface CopyExpectations {
  /**
   * The copy must hold something that was written then or later.
   *
   * @default - what the manifest has
   */
  readonly newestChangeAfter?: Date;

  /**
   * Tables whose rows come and go, such as a queue: that they are there is all that is asked of them.
   *
   * @default - none
   */
  readonly disposable?: readonly string[];

  /**
   * Schemas that are covered.
   *
   * @default ['public']
   */
  readonly schemas?: readonly string[];
}

/** What a copy was found to be. */
export interface CopyVerdict {
  readonly passed: boolean;
  /** What is wrong with the copy, each in one sentence; empty when it passed. */
  readonly differences: readonly string[];
  /** Tables that changed between manifest and copy in a way that cannot be told from damage, each with the reason. */
  readonly unverified: readonly string[];
  /** Rows whose content was found equal. */
  readonly rowsVerified: number;
  /** When the newest row of the copy was written; absent when no row says so. */
  readonly newestChange?: string;
}

/** Compares a restored copy with the manifest that was taken before the backup. */
export async function validateCopy(
  client: ManifestClient,
  manifest: Manifest,
  { newestChangeAfter, disposable = [], schemas }: CopyExpectations = {},
): Promise<CopyVerdict> {
  const settled = manifest.settledAt === 'all' ? 'all' : { until: manifest.settledAt };
  const sealed = manifest.tables.flatMap((table) => (table.sealed === true ? table.table : []));
  const copy = await takeManifest(client, { settled, sealed, ...(schemas === undefined ? {} : { schemas }) });
  const { rows } = await client.query('SELECT slot_name AS slot FROM pg_replication_slots WHERE NOT active');
  const idle = (rows as { slot: string }[]).map(({ slot }) => slot);
  const compared = manifest.tables.map((table) => compareTable(table, copy, disposable, manifest.settledAt === 'all'));
  const rowsVerified = compared.reduce((sum, { verified }) => sum + verified, 0);
  const differences = [
    ...schemaDifferences(manifest, copy),
    ...compared.flatMap(({ difference }) => difference ?? []),
    ...ageDifferences(manifest, copy, newestChangeAfter),
    ...idle.map((slot) => `replication slot ${slot} came with the copy and keeps log for nobody: drop it`),
    ...(rowsVerified === 0 && manifest.tables.some((table) => table.rows > 0)
      ? ['not one row could be compared with the manifest']
      : []),
  ];
  return {
    passed: differences.length === 0,
    differences,
    unverified: compared.flatMap(({ unverified }) => unverified ?? []),
    rowsVerified,
    ...(copy.newestChange === undefined ? {} : { newestChange: copy.newestChange }),
  };
}

function schemaDifferences(manifest: Manifest, copy: Manifest): string[] {
  if (manifest.schema === copy.schema) return [];
  return [`the schema is at ${copy.schema ?? 'no migration'}, the manifest has ${manifest.schema ?? 'none'}`];
}

function ageDifferences(manifest: Manifest, copy: Manifest, after: Date | undefined): string[] {
  const [found, known] = [copy.newestChange, manifest.newestChange];
  const settled = known !== undefined && (manifest.settledAt === 'all' || known <= manifest.settledAt);
  const wanted = after?.toISOString() ?? (settled ? known : undefined);
  if (wanted === undefined || (found !== undefined && Date.parse(found) >= Date.parse(wanted))) return [];
  return [`the data is too old: its newest change is ${found ?? 'unknown'}, expected one at ${wanted} or later`];
}

interface TableVerdict {
  /** Rows found equal. */
  readonly verified: number;
  readonly difference?: string;
  readonly unverified?: string;
}

function compareTable(
  expected: TableFingerprint,
  copy: Manifest,
  disposable: readonly string[],
  nobodyWrites: boolean,
): TableVerdict {
  const { table } = expected;
  const found = copy.tables.find((candidate) => candidate.table === table);
  const different = (difference: string): TableVerdict => ({ verified: 0, difference: `table ${table} ${difference}` });
  const unknown = (reason: string): TableVerdict => ({ verified: 0, unverified: `table ${table} ${reason}` });
  if (found === undefined) return different('is missing');
  if (found.columns !== expected.columns) {
    return different(`has the columns ${found.columns}; the manifest has ${expected.columns}`);
  }
  if (expected.sealed === true) return unknown('is sealed from whoever takes manifests');
  if (disposable.includes(table)) return unknown('holds rows that come and go');
  if (found.rows === expected.rows && found.checksum === expected.checksum) return { verified: found.rows };

  const missing = expected.rows - found.rows;
  if (nobodyWrites) {
    return different(
      missing === 0
        ? `has ${found.rows} rows whose content differs`
        : `has ${found.rows} rows instead of ${expected.rows}`,
    );
  }
  if (expected.rows > 0 && found.rows + found.younger === 0)
    return different(`is empty instead of ${expected.rows} rows`);
  if (expected.changedAt === undefined) return unknown('changed, and no column says when its rows did');
  if (missing === 0) return different(`has ${found.rows} settled rows whose content differs`);
  if (missing < 0) return unknown(`got ${-missing} rows later that say they are older than the manifest`);
  // A row that was rewritten since is among the younger ones.
  if (missing <= found.younger) return unknown(`had up to ${missing} of its rows rewritten since the manifest`);
  return different(`lacks ${missing} of ${expected.rows} settled rows, and only ${found.younger} were written since`);
}
