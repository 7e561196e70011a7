import { experiment } from '../analysis/rehearsal/reality/experiment';
import { type Cell, predict } from '../analysis/rehearsal/reality/prediction';
import { runForReal } from '../analysis/rehearsal/reality/real-run';
import type { Benchmark, BenchRow } from './bench';

const SEEDS = 100;
/** Tolerated error of the replay with the same arrivals and service times. */
const TOLERANCE: Readonly<Record<number, number>> = { 0.95: 0.1, 0.99: 0.15 };

/** How close the rehearsal is to real processes behind a real load balancer. */
export const realityBenchmark: Benchmark = {
  name: 'reality',
  description: 'the simulation beside real HTTP processes behind HAProxy, overload and scaling included (1 minute)',
  async run(progress) {
    const plan = experiment(1, 1);
    progress('playing the phases on real processes');
    const run = await runForReal(plan);
    progress(
      `${run.requests.length} requests, ${run.failed} failed, targets added after ${run.targetsAtMs.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', ')}, ${run.overheadMs.toFixed(1)} ms of overhead taken off`,
    );
    const cells = predict(plan, run, SEEDS);
    for (const cell of cells) progress(describe(cell));
    const covered = cells.filter(({ measuredMs, lowMs, highMs }) => measuredMs >= lowMs && measuredMs <= highMs).length;
    return [
      ...cells.flatMap(rowOf),
      {
        name: `measured quantiles inside the 90 % band of ${SEEDS} seeds`,
        figure: covered,
        reference: { name: 'quantiles', figure: cells.length },
        unit: 'quantiles',
        goal: { atLeast: 0.8 },
        runs: SEEDS,
      },
    ];
  },
};

function rowOf({ phase, share, measuredMs, replayedMs }: Cell): BenchRow[] {
  const tolerance = TOLERANCE[share];
  if (tolerance === undefined) return [];
  return [
    {
      name: `error of the replayed p${100 * share}, ${phase}`,
      figure: Math.abs(replayedMs - measuredMs),
      reference: { name: 'measured', figure: measuredMs },
      unit: 'ms',
      goal: { atMost: tolerance },
      runs: 1,
    },
  ];
}

function describe({ phase, share, measuredMs, replayedMs, lowMs, highMs }: Cell): string {
  const ms = (value: number) => value.toFixed(0).padStart(5);
  return `${phase.padEnd(9)} p${100 * share}: measured ${ms(measuredMs)} ms, replayed ${ms(replayedMs)} ms, band ${ms(lowMs)} to ${ms(highMs)} ms`;
}
