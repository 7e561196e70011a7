import type { Benchmark } from './bench';
import { cacheBenchmark } from './cache.bench';
import { costBenchmark } from './cost.bench';
import { databaseBenchmark } from './database.bench';
import { edgeBenchmark } from './edge.bench';
import { functionsBenchmark } from './functions.bench';
import { realityBenchmark } from './reality.bench';
import { rehearsalBenchmark } from './rehearsal.bench';
import { serviceBenchmark } from './service.bench';
import { stalenessBenchmark } from './staleness.bench';
import { synthesisBenchmark } from './synthesis.bench';
import { warmingBenchmark } from './warming.bench';
import { webhooksBenchmark } from './webhooks.bench';

/** Every benchmark of the project, one row each. */
export const benchmarks: readonly Benchmark[] = [
  synthesisBenchmark,
  rehearsalBenchmark,
  realityBenchmark,
  databaseBenchmark,
  serviceBenchmark,
  edgeBenchmark,
  functionsBenchmark,
  costBenchmark,
  cacheBenchmark,
  warmingBenchmark,
  stalenessBenchmark,
  webhooksBenchmark,
];
