import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DEFAULT_OBJECTIVES } from '../../analysis/rehearsal/objectives';
import { playSeeds, type RehearsalPlan } from '../../analysis/rehearsal/play/plan';
import { Players } from '../../analysis/rehearsal/play/players';
import { query, trackingPolicy } from '../../analysis/rehearsal/policies/building-blocks';
import { Distribution } from '../../analysis/rehearsal/queueing/distribution';
import { LatencyHistogram } from '../../analysis/rehearsal/queueing/latency-histogram';
import { Random } from '../../analysis/rehearsal/queueing/random';
import { DEFAULT_PARAMETERS } from '../../analysis/rehearsal/simulation/parameters';
import { simulate } from '../../analysis/rehearsal/simulation/simulate';
import {
  DEFAULT_DEPLOYMENT,
  DEFAULT_SERVICE,
  DEFAULT_TARGET_GROUP,
} from '../../analysis/rehearsal/simulation/simulation-input';
import { steady } from '../../analysis/rehearsal/traffic/traffic';
import { type Benchmark, type BenchRow, median } from './bench';

const RUNS = 3;
const RPS = 600;
const HOUR = 3600;
/** 52 million requests are a day at 600 requests/s. */
const DAY_REQUESTS = 52e6;
const GOAL_PER_SECOND = 5e6;
const DAY_GOAL_SECONDS = 12;
/** A report keeps the minutes of 48 hours, and merges what is longer. */
const SHORT_HOURS = 48;
const LONG_HOURS = 480;
const SLOW_RPS = 60;

function plan(algorithm: 'round_robin' | 'least_outstanding_requests', hours: number): RehearsalPlan {
  return {
    traffic: { kind: 'steady', name: 'steady', rps: RPS, durationSeconds: hours * HOUR },
    burstiness: 0,
    service: DEFAULT_SERVICE,
    targetGroup: { ...DEFAULT_TARGET_GROUP, algorithm },
    deployment: DEFAULT_DEPLOYMENT,
    scaling: {
      name: 's',
      minCapacity: 2,
      maxCapacity: 60,
      schedules: [],
      policies: [trackingPolicy('cpu', query('cpu'), 50)],
    },
    faults: [],
    parameters: DEFAULT_PARAMETERS,
    forecastModel: 'perfect-hour',
    startEpochSeconds: 0,
    slowMs: DEFAULT_OBJECTIVES.latencyP95Ms,
  };
}

/** Processor seconds of this process that `work` takes: other load on the machine does not count. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function perSecond(algorithm: Parameters<typeof plan>[0]): number {
  let requests = 0;
  const seconds = cpuSeconds(() => {
    requests = playSeeds(plan(algorithm, 4), [1])[0]?.requests ?? 0;
  });
  return requests / seconds;
}

/** The least any exact simulation does: draw, recur, record; no policies, no balancer, no faults. */
function bareRecursion(): number {
  const requests = 10_000_000;
  const seconds = cpuSeconds(() => {
    const random = new Random(1);
    const work = new Distribution(DEFAULT_SERVICE.work);
    const histogram = new LatencyHistogram();
    let at = 0;
    let free = 0;
    for (let request = 0; request < requests; request++) {
      at += random.exponential() * 30;
      free = Math.max(at, free) + work.sample(random);
      histogram.record(free - at);
    }
  });
  return requests / seconds;
}

/**
 * Most memory that is alive during a rehearsal of so many hours, in MiB: looked at after a collection every million requests.
 */
function liveMiB(hours: number): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const live = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / 2 ** 20;
  };
  const { traffic: _busy, ...input } = plan('round_robin', hours);
  const before = live();
  let requests = 0;
  let most = before;
  simulate({ ...input, traffic: steady(SLOW_RPS, hours * HOUR) }, 1, () => {
    requests += 1;
    if (requests % 1_000_000 === 0) most = Math.max(most, live());
  });
  return most - before;
}

/** Speed of the rehearsal. */
export const rehearsalBenchmark: Benchmark = {
  name: 'rehearsal',
  description: 'requests simulated per second of one core, beside the bare recursion, and on two cores',
  async run(progress) {
    const measure = (name: string, once: () => number) => {
      progress(name);
      return median(Array.from({ length: RUNS }, once));
    };
    const limit = measure('bare recursion', bareRecursion);
    const roundRobin = measure('round robin', () => perSecond('round_robin'));
    const least = measure('least outstanding requests', () => perSecond('least_outstanding_requests'));
    const bare = { name: 'bare recursion', figure: limit };
    const row = (name: string, figure: number): BenchRow => ({
      name,
      figure,
      reference: bare,
      unit: 'requests/s',
      runs: RUNS,
    });
    return [
      row('round robin, 25 tasks, policies', roundRobin),
      row('least outstanding requests, 25 tasks', least),
      {
        ...row('round robin beside the goal', roundRobin),
        reference: { name: 'goal', figure: GOAL_PER_SECOND },
        goal: { atLeast: 1 },
      },
      {
        name: 'a day of 52 million requests',
        figure: DAY_REQUESTS / roundRobin,
        reference: { name: 'goal', figure: DAY_GOAL_SECONDS },
        unit: 's',
        goal: { atMost: 1 },
        runs: RUNS,
      },
      memory(progress),
      await twoCores(progress),
    ];
  },
};

function memory(progress: (text: string) => void): BenchRow {
  progress('memory');
  const short = liveMiB(SHORT_HOURS);
  const long = liveMiB(LONG_HOURS);
  return {
    name: `live memory of a rehearsal of ${LONG_HOURS} h`,
    figure: long,
    reference: { name: `of ${SHORT_HOURS} h`, figure: short },
    unit: 'MiB',
    goal: { atMost: 1.2 },
    runs: 1,
  };
}

async function twoCores(progress: (text: string) => void): Promise<BenchRow> {
  const seeds = [1, 2, 3, 4];
  const elapsed = async (workers: number): Promise<number> => {
    progress(`${seeds.length} seeds, ${workers} workers`);
    const players = new Players(workers, path.join(__dirname, '..', 'analysis', 'rehearsal-worker.js'));
    const start = performance.now();
    await players.play(plan('round_robin', 2), seeds);
    await players.stop();
    return performance.now() - start;
  };
  const [one, two] = [await elapsed(1), await elapsed(2)];
  return {
    name: `${seeds.length} seeds on two cores`,
    figure: two,
    reference: { name: 'on one', figure: one },
    unit: 'ms',
    runs: 1,
  };
}
