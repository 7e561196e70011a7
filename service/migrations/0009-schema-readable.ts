import type { Migration } from './migration';

/** Whoever compares a restored copy with its source asks which schema it has, and only reads. */
export const schemaReadable: Migration = {
  id: '0009-schema-readable',
  sql: 'GRANT SELECT ON schema_migrations TO app_ro;',
};
