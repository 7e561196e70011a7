import type { EventType } from './catalogue';

/**
 * The tables whose rows an event of a type has changed: results of queries on them are outdated, whatever tags the event
 * has. A type without a row changes nothing that queries are cached for; a new row needs the type in the invalidator's
 * rule as well (lib/constructs/cache-warming/cache-invalidator.ts).
 */
export const CHANGED_TABLES: Readonly<Partial<Record<EventType, readonly string[]>>> = {
  ItemChanged: ['items'],
};
