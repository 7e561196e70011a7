import type { Migration } from './migration';

/**
 * `app_rw` is the service, `app_ro` whatever only looks (dashboards, the canary, analysts). Neither owns a table, so
 * neither can change the schema. Roles belong to the whole server and outlive a database that is dropped and made
 * again: they are created only when absent. On RDS both log in with IAM.
 *
 * Time-outs sit on the roles because RDS Proxy refuses them as start-up parameters and pins a session that sets them.
 */
export const roles: Migration = {
  id: '0001-roles',
  sql: `
    DO $roles$
    DECLARE
      wanted text;
    BEGIN
      FOREACH wanted IN ARRAY ARRAY['app_rw', 'app_ro'] LOOP
        BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
          END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
          NULL; -- made by a starter of another database on the same server
        END;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), wanted);
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', wanted);
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET lock_timeout = ''2s''', wanted, current_database());
        EXECUTE format(
          'ALTER ROLE %I IN DATABASE %I SET idle_in_transaction_session_timeout = ''10s''', wanted, current_database());
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
          EXECUTE format('GRANT rds_iam TO %I', wanted);
        END IF;
      END LOOP;
      EXECUTE format('ALTER ROLE app_rw IN DATABASE %I SET statement_timeout = ''5s''', current_database());
      EXECUTE format('ALTER ROLE app_ro IN DATABASE %I SET statement_timeout = ''30s''', current_database());
      EXECUTE format('ALTER ROLE app_ro IN DATABASE %I SET default_transaction_read_only = on', current_database());
    END
    $roles$;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app_rw;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO app_ro;
  `,
};
