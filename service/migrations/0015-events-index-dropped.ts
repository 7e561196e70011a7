import type { Migration } from './migration';

/**
 * Nothing reads events by item. The ranking adds up a week of all items in one pass, and the planner never takes the
 * index for it; asked item by item instead, so that it does, one category takes four times as many pages and three take
 * thirteen times (PostgreSQL 17, 10,000 items in six categories, 1.5 million events in four weeks: 15,500 pages against
 * 64,000 and 205,000). It was almost a fifth of what events take on disk, and a quarter of the log records of a new one.
 *
 * The drop waits for statements on events and keeps others from beginning meanwhile: those of the service end after 5 s
 * at most, an analyst's after 30 (0001-roles).
 */
export const eventsIndexDropped: Migration = {
  id: '0015-events-index-dropped',
  sql: 'DROP INDEX events_item;',
};
