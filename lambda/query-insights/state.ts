import type { Sample } from '../../runtime/telemetry/emf';
import type { ObjectStore } from '../shared/object-store';
import type { IndexUses } from './index-use';
import type { Matches } from './n-plus-one';
import type { History } from './slow-statements';
import type { KeptCounters } from './window';

/** What is remembered from one run to the next: figures and names, no statement and no value. */
export interface InsightsState {
  readonly format: 'headroom-query-insights-1';
  /** Time of the run, ISO 8601. */
  readonly at: string;
  /** Counters of statements by server. */
  readonly counters: Readonly<Record<string, KeptCounters>>;
  /** Sequential scans by server and table. */
  readonly scans: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly history: History;
  readonly matches: Matches;
  readonly indexes: IndexUses;
  /** The metrics of the run: one that is repeated publishes the same again. */
  readonly samples: readonly Sample[];
}

const FORMAT: InsightsState['format'] = 'headroom-query-insights-1';
const KEY = 'state.json';

/** A state and what to replace it by. */
export interface LoadedState {
  readonly state: InsightsState | undefined;
  save(next: Omit<InsightsState, 'format'>): Promise<void>;
}

/** The state of the last run; `undefined` before the first, and when it was written by another version. */
export async function loadState(store: ObjectStore): Promise<LoadedState> {
  const stored = await store.get(KEY);
  const parsed = stored === undefined ? undefined : (JSON.parse(stored.body) as InsightsState);
  return {
    state: parsed?.format === FORMAT ? parsed : undefined,
    save: (next) => store.replace(KEY, JSON.stringify({ format: FORMAT, ...next }), stored?.version),
  };
}
