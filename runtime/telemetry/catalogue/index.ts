import { CACHE_METRICS } from './cache';
import { DATABASE_METRICS } from './database';
import type { MetricDescription } from './metric-description';
import { SERVICE_METRICS } from './service';

export type { MetricDescription } from './metric-description';

/** The metrics of the runtime that dashboards and alarms rely on: their names and labels are a contract. */
export const METRICS: readonly MetricDescription[] = [...DATABASE_METRICS, ...CACHE_METRICS, ...SERVICE_METRICS];
