import { Fleet } from '../../../../analysis/rehearsal/queueing/fleet';
import { Random } from '../../../../analysis/rehearsal/queueing/random';
import { simulate } from '../../../../analysis/rehearsal/simulation/simulate';
import {
  DEFAULT_DEPLOYMENT,
  DEFAULT_SERVICE,
  DEFAULT_TARGET_GROUP,
} from '../../../../analysis/rehearsal/simulation/simulation-input';
import type { Experiment, Phase, RealRun } from './real-run';

/** A quantile of one phase: measured, played again with the same arrivals, and the band of the full model. */
export interface Cell {
  readonly phase: string;
  readonly share: number;
  readonly measuredMs: number;
  readonly replayedMs: number;
  readonly lowMs: number;
  readonly highMs: number;
}

const SHARES = [0.5, 0.95, 0.99];

/** Puts the measured run beside what the simulation says. */
export function predict(experiment: Experiment, run: RealRun, seeds: number): Cell[] {
  const measured = byPhase(
    experiment.phases,
    run.requests.map(({ intendedMs, latencyMs }) => [intendedMs, latencyMs - run.overheadMs] as const),
  );
  const replayed = byPhase(experiment.phases, replay(experiment, run));
  // As from a load test: the mean that the processes really needed, not the one that was asked for.
  const meanMs = run.requests.reduce((sum, { servedMs }) => sum + servedMs, 0) / run.requests.length;
  const calibrated = { ...experiment, work: { ...experiment.work, meanMs } };
  const simulated = Array.from({ length: seeds }, (_, seed) =>
    byPhase(experiment.phases, fullModel(calibrated, seed + 1)),
  );
  return experiment.phases.flatMap(({ name }, phase) =>
    SHARES.map((share) => {
      const all = simulated.map((one) => quantile(one[phase] ?? [], share)).sort((a, b) => a - b);
      return {
        phase: name,
        share,
        measuredMs: quantile(measured[phase] ?? [], share),
        replayedMs: quantile(replayed[phase] ?? [], share),
        lowMs: quantile(all, 0.05),
        highMs: quantile(all, 0.95),
      };
    }),
  );
}

/** Same arrivals, same service times, targets at the same times: balancer and queues are the simulation's. */
function replay({ algorithm, initialTasks }: Experiment, run: RealRun): (readonly [number, number])[] {
  const fleet = new Fleet(
    { workersPerTask: 1, algorithm, shedAfterMs: Number.POSITIVE_INFINITY, refusalMs: 0, slowStartSeconds: 0 },
    new Random(1),
  );
  const opensAtMs = [...Array.from({ length: initialTasks }, () => 0), ...run.targetsAtMs];
  let open = 0;
  return [...run.requests]
    .sort((a, b) => a.intendedMs - b.intendedMs)
    .map(({ intendedMs, servedMs }) => {
      for (; open < opensAtMs.length && (opensAtMs[open] ?? 0) <= intendedMs; open++) {
        fleet.reset(open, intendedMs);
        fleet.open(open, intendedMs);
      }
      return [intendedMs, fleet.offer(intendedMs, servedMs, 0)] as const;
    });
}

/** The whole model, policies included, with arrivals and service times of its own. */
function fullModel(experiment: Experiment, seed: number): (readonly [number, number])[] {
  const { phases, timeScale, work, scaling, parameters, initialTasks } = experiment;
  const ends = phases.map(
    (_, index) => phases.slice(0, index + 1).reduce((sum, { seconds }) => sum + seconds, 0) * timeScale,
  );
  const rps = (second: number) => (phases[ends.findIndex((end) => second < end)]?.rps ?? 0) / timeScale;
  const answers: (readonly [number, number])[] = [];
  simulate(
    {
      traffic: { name: 'phases', durationSeconds: ends.at(-1) ?? 0, rps },
      burstiness: 0,
      service: {
        ...DEFAULT_SERVICE,
        work: { ...work, meanMs: work.meanMs * timeScale },
        idleCpuPercent: 0,
        shedAfterMs: Number.POSITIVE_INFINITY,
        timeoutMs: Number.POSITIVE_INFINITY,
        imageMiB: 0,
        bootSeconds: 0,
      },
      targetGroup: { ...DEFAULT_TARGET_GROUP, algorithm: experiment.algorithm, healthCheckIntervalSeconds: 0.001 },
      deployment: DEFAULT_DEPLOYMENT,
      scaling,
      initialTasks,
      faults: [],
      parameters,
      forecastModel: 'perfect-hour',
      startEpochSeconds: 0,
      slowMs: 200,
    },
    seed,
    (second, latencyMs) => answers.push([(second * 1000) / timeScale, latencyMs / timeScale]),
  );
  return answers;
}

function byPhase(phases: readonly Phase[], rows: readonly (readonly [number, number])[]): number[][] {
  let from = 0;
  return phases.map(({ seconds }) => {
    const [start, end] = [from * 1000, (from + seconds) * 1000];
    from += seconds;
    return rows
      .filter(([at]) => at >= start && at < end)
      .map(([, ms]) => ms)
      .sort((a, b) => a - b);
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
