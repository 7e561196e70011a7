import type { RehearseOptions } from './options';

/** The flags of a rehearsal at their defaults, for commands that play one and leave the flags to `npm run rehearse`. */
export const NO_FLAGS: RehearseOptions = {
  scenario: [],
  trace: [],
  seeds: 20,
  workers: 2,
  sensitivity: false,
  compare: [],
  tune: false,
  plan: false,
  cachedShare: 0.5,
  forecast: 'same-hour-last-week',
  monthlyGrowth: 0.1,
  json: false,
};
