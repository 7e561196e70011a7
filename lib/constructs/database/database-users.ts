/**
 * The roles of the database that log in with IAM: `app_rw` reads and writes rows, `app_ro` only reads. Neither owns a
 * table; the master user does, and only the migrations log in as that one.
 */
export const DATABASE_USERS = ['app_rw', 'app_ro'] as const;

export type DatabaseUser = (typeof DATABASE_USERS)[number];

/** Reads statistics and plans, and changes nothing: query insights logs in as this one, straight to each instance. */
export const MONITOR_USER = 'app_monitor';
