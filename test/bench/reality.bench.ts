import { experiment } from '../analysis/rehearsal/reality/experiment';
import { type Cell, predict } from '../analysis/rehearsal/reality/prediction';
import { runForReal } from '../analysis/rehearsal/reality/real-run';
import { type Benchmark, type BenchRow, median } from './bench';

const SEEDS = 60;
/** Runs on real processes, each with arrivals and service times of its own. */
const RUNS = 12;
/** Tolerated error of the replay with the same arrivals and service times. */
const TOLERANCE: Readonly<Record<number, number>> = { 0.95: 0.1, 0.99: 0.15 };

/** How close the rehearsal is to real processes behind a real load balancer. */
export const realityBenchmark: Benchmark = {
  name: 'reality',
  description: `the simulation beside real HTTP processes behind HAProxy, overload and scaling included (${RUNS} runs of a minute)`,
  async run(progress) {
    const runs: Cell[][] = [];
    for (let seed = 1; seed <= RUNS; seed++) runs.push(await once(seed, progress));
    const cells = runs.flat();
    const covered = cells.filter(({ measuredMs, lowMs, highMs }) => measuredMs >= lowMs && measuredMs <= highMs).length;
    return [
      ...(runs[0] ?? []).flatMap((_, at) => rowOf(runs.flatMap((one) => one[at] ?? []))),
      {
        name: `measured quantiles inside the 90 % band of ${SEEDS} seeds`,
        figure: covered,
        reference: { name: 'quantiles', figure: cells.length },
        unit: 'quantiles',
        goal: { atLeast: 0.8 },
        runs: RUNS,
      },
    ];
  },
};

async function once(seed: number, progress: (text: string) => void): Promise<Cell[]> {
  const plan = experiment(1, seed);
  progress(`run ${seed}: playing the phases on real processes`);
  const run = await runForReal(plan);
  const added = run.targetsAtMs.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', ');
  progress(
    `${run.requests.length} requests, ${run.failed} failed, targets added after ${added}, ${run.overheadMs.toFixed(1)} ms of overhead taken off`,
  );
  const cells = predict(plan, run, SEEDS);
  for (const cell of cells) progress(describe(cell));
  return cells;
}

/** The same quantile of every run: the median of the relative errors beside the tolerated one. */
function rowOf(cells: readonly Cell[]): BenchRow[] {
  const [first] = cells;
  const tolerance = first === undefined ? undefined : TOLERANCE[first.share];
  if (first === undefined || tolerance === undefined) return [];
  return [
    {
      name: `error of the replayed p${100 * first.share}, ${first.phase}`,
      figure: median(cells.map(({ replayedMs, measuredMs }) => 100 * Math.abs(replayedMs / measuredMs - 1))),
      reference: { name: 'tolerated', figure: 100 * tolerance },
      unit: '%',
      goal: { atMost: 1 },
      runs: cells.length,
    },
  ];
}

function describe({ phase, share, measuredMs, replayedMs, lowMs, highMs }: Cell): string {
  const ms = (value: number) => value.toFixed(0).padStart(5);
  return `${phase.padEnd(9)} p${100 * share}: measured ${ms(measuredMs)} ms, replayed ${ms(replayedMs)} ms, band ${ms(lowMs)} to ${ms(highMs)} ms`;
}
