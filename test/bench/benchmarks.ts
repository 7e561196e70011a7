import type { Benchmark } from './bench';

/** Every benchmark of the project, one row each. */
export const benchmarks: readonly Benchmark[] = [];
