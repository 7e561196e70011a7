import { takeManifest } from '../../runtime/recovery';
import { type ManifestStore, saveManifest } from '../shared/manifest-store';
import { withSession } from '../shared/session';

/** Longer than any transaction of the platform: statements are cut off after seconds, idle transactions too. */
const SETTLED_AFTER_SECONDS = 300;

/** Writes down what the database holds now, for whoever restores a backup that is made later. */
export async function writeManifest(
  environment: NodeJS.ProcessEnv,
  store: ManifestStore,
  sealed: readonly string[],
): Promise<{ readonly key: string; readonly tables: number; readonly rows: number }> {
  const settled = { ageSeconds: SETTLED_AFTER_SECONDS };
  const manifest = await withSession(environment, (client) => takeManifest(client, { settled, sealed }));
  return {
    key: await saveManifest(store, manifest),
    tables: manifest.tables.length,
    rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
  };
}
