/**
 * The roles of the database that log in with IAM: `app_owner` owns the schema and runs its migrations, `app_rw` reads
 * and writes rows, `app_ro` reads.
 */
export const DATABASE_USERS = ['app_owner', 'app_rw', 'app_ro'] as const;

export type DatabaseUser = (typeof DATABASE_USERS)[number];
