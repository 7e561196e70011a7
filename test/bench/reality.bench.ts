import { renderTable } from '../../bin/shared/table';
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
    const quantiles = (runs[0] ?? []).map((_, at) => runs.flatMap((one) => one[at] ?? []));
    progress(`each quantile over ${RUNS} runs:\n${summary(quantiles)}`);
    return [
      ...quantiles.flatMap(rowOf),
      {
        name: `measured quantiles inside the 90 % band of ${SEEDS} seeds`,
        figure: cells.filter(covered).length,
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

/** The same quantile of every run: the error of the worst one beside the tolerated one. */
function rowOf(cells: readonly Cell[]): BenchRow[] {
  const [first] = cells;
  const tolerance = first === undefined ? undefined : TOLERANCE[first.share];
  if (first === undefined || tolerance === undefined) return [];
  return [
    {
      name: `error of the replayed p${100 * first.share}, ${first.phase}, worst run`,
      figure: Math.max(...cells.map(errorPercent)),
      reference: { name: 'tolerated', figure: 100 * tolerance },
      unit: '%',
      goal: { atMost: 1 },
      runs: cells.length,
    },
  ];
}

/** What `docs/rehearsal.md` shows. */
function summary(quantiles: readonly (readonly Cell[])[]): string {
  const rows = quantiles.map((cells) => {
    const measured = cells.map(({ measuredMs }) => measuredMs);
    const errors = cells.map(errorPercent);
    return [
      cells[0]?.phase ?? '',
      `p${100 * (cells[0]?.share ?? 0)}`,
      `${ms(median(measured))} (${ms(Math.min(...measured))} to ${ms(Math.max(...measured))})`,
      `${median(errors).toFixed(1)} % / ${Math.max(...errors).toFixed(1)} %`,
      `${cells.filter(covered).length} of ${cells.length}`,
    ];
  });
  return renderTable(['phase', 'quantile', 'measured ms', 'error of the replay, median / worst', 'in the band'], rows);
}

const covered = ({ measuredMs, lowMs, highMs }: Cell): boolean => measuredMs >= lowMs && measuredMs <= highMs;
const errorPercent = ({ replayedMs, measuredMs }: Cell): number => 100 * Math.abs(replayedMs / measuredMs - 1);
const ms = (value: number): string => value.toFixed(0);

function describe({ phase, share, measuredMs, replayedMs, lowMs, highMs }: Cell): string {
  const column = (value: number) => ms(value).padStart(5);
  return `${phase.padEnd(9)} p${100 * share}: measured ${column(measuredMs)} ms, replayed ${column(replayedMs)} ms, band ${column(lowMs)} to ${column(highMs)} ms`;
}
