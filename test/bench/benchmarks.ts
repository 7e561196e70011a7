import type { Benchmark } from './bench';
import { synthesisBenchmark } from './synthesis.bench';

/** Every benchmark of the project, one row each. */
export const benchmarks: readonly Benchmark[] = [synthesisBenchmark];
