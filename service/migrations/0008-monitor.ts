import type { Migration } from './migration';

/**
 * `app_monitor` is query insights (lambda/query-insights): it reads statistics and plans. A plan needs the right to
 * read what the statement reads, hence `app_ro`; nothing lets it write. An extension that the server does not have, or
 * that only a superuser may make, is left out: query insights says what it misses.
 */
export const monitor: Migration = {
  id: '0008-monitor',
  sql: `
    DO $monitor$
    DECLARE
      wanted text;
    BEGIN
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_monitor') THEN
          CREATE ROLE app_monitor LOGIN;
        END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- made by a starter of another database on the same server
      END;
      GRANT app_ro, pg_monitor TO app_monitor;
      EXECUTE format('GRANT CONNECT ON DATABASE %I TO app_monitor', current_database());
      EXECUTE format('ALTER ROLE app_monitor IN DATABASE %I SET statement_timeout = ''10s''', current_database());
      EXECUTE format('ALTER ROLE app_monitor IN DATABASE %I SET lock_timeout = ''1s''', current_database());
      EXECUTE format(
        'ALTER ROLE app_monitor IN DATABASE %I SET idle_in_transaction_session_timeout = ''10s''', current_database());
      EXECUTE format('ALTER ROLE app_monitor IN DATABASE %I SET default_transaction_read_only = on', current_database());
      IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
        GRANT rds_iam TO app_monitor;
      END IF;
      FOREACH wanted IN ARRAY ARRAY['pg_stat_statements', 'hypopg'] LOOP
        BEGIN
          IF EXISTS (SELECT FROM pg_available_extensions WHERE name = wanted) THEN
            EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I', wanted);
          END IF;
        EXCEPTION WHEN insufficient_privilege THEN
          RAISE NOTICE 'extension % needs a superuser', wanted;
        END;
      END LOOP;
    END
    $monitor$;
  `,
};
