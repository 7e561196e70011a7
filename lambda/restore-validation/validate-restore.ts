import { validateCopy } from '../../runtime/recovery';
import { type ManifestStore, manifestBefore } from '../shared/manifest-store';
import { withSession } from '../shared/session';

/** What a restore test made. */
export interface RestoredDatabase {
  /** Endpoint of the restored cluster. */
  readonly host: string;
  /** When the restore was ordered; ISO 8601. */
  readonly restoreStartedAt: string;
  /** When the recovery point was made; ISO 8601. */
  readonly recoveryPointAt: string;
}

export interface ValidationDeps {
  /** The service's `DATABASE_…` variables but for the host. */
  readonly environment: NodeJS.ProcessEnv;
  readonly store: ManifestStore;
  /** Tables whose rows come and go. */
  readonly disposable: readonly string[];
  readonly now: () => Date;
}

export interface RestoreVerdict {
  readonly passed: boolean;
  /** For a person: what differs, or what was compared. AWS Backup takes 1,024 characters of it. */
  readonly message: string;
  /** From the order to restore until the restored database answered. */
  readonly restoreSeconds: number;
  /** From the newest change in the restored data until the order to restore; absent when no row has a time. */
  readonly dataLossSeconds?: number;
}

const LONGEST_MESSAGE = 1024;

/** Compares a restored database with the newest manifest that is older than its recovery point. */
export async function validateRestore(restored: RestoredDatabase, deps: ValidationDeps): Promise<RestoreVerdict> {
  const startedAt = new Date(restored.restoreStartedAt);
  const manifest = await manifestBefore(deps.store, new Date(restored.recoveryPointAt));
  return withSession({ ...deps.environment, DATABASE_HOST: restored.host }, async (client) => {
    await client.query('SELECT 1');
    const restoreSeconds = (deps.now().getTime() - startedAt.getTime()) / 1000;
    if (manifest === undefined) {
      const message = `there is no manifest from before ${restored.recoveryPointAt}: nothing to compare with`;
      return { passed: false, message, restoreSeconds };
    }
    const verdict = await validateCopy(client, manifest, { disposable: deps.disposable });
    const summary = `${verdict.rowsVerified} rows are as in the manifest of ${manifest.takenAt}`;
    const notes = verdict.passed ? [summary, ...verdict.unverified] : verdict.differences;
    const { passed, newestChange } = verdict;
    return {
      passed,
      message: notes.join('; ').slice(0, LONGEST_MESSAGE),
      restoreSeconds,
      ...(newestChange === undefined
        ? {}
        : { dataLossSeconds: Math.max(0, (startedAt.getTime() - Date.parse(newestChange)) / 1000) }),
    };
  });
}
