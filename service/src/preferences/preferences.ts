import type { StatementRunner } from '../../../runtime/database';

/** What a visitor has told us. Kept in the database: any task can be lost, and any other answers the same. */
export interface Preferences {
  /** Categories that the visitor likes most, best first. */
  readonly categories: readonly string[];
  readonly theme: 'light' | 'dark' | 'system';
  readonly itemsPerPage: number;
}

/** What holds for a visitor who has told nothing. */
export const DEFAULT_PREFERENCES: Preferences = { categories: [], theme: 'system', itemsPerPage: 20 };

const SELECT = 'SELECT preferences FROM preferences WHERE visitor_id = $1';

const UPSERT = `
  INSERT INTO preferences (visitor_id, preferences) VALUES ($1, $2)
  ON CONFLICT (visitor_id) DO UPDATE SET preferences = excluded.preferences, updated_at = now()`;

export async function loadPreferences(database: StatementRunner, visitorId: string): Promise<Preferences | undefined> {
  const { rows } = await database.read<{ preferences: Preferences }>(SELECT, [visitorId]);
  return rows[0]?.preferences;
}

export async function storePreferences(
  database: StatementRunner,
  visitorId: string,
  preferences: Preferences,
): Promise<void> {
  await database.write(UPSERT, [visitorId, JSON.stringify(preferences)]);
}
