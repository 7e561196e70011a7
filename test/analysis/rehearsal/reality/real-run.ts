import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Distribution, type DurationModel } from '../../../../analysis/rehearsal/queueing/distribution';
import type { BalancingAlgorithm } from '../../../../analysis/rehearsal/queueing/fleet';
import { Random } from '../../../../analysis/rehearsal/queueing/random';
import type { ScalableTargetDefinition } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { gauge, MetricStore } from '../../../../analysis/rehearsal/simulation/metric-store';
import type { Parameters } from '../../../../analysis/rehearsal/simulation/parameters';
import { historySeconds, TargetController } from '../../../../analysis/rehearsal/simulation/target-controller';
import { LoadBalancer } from '../../../local';
import { WorkerPool } from './workers';

/** A stretch of constant load; real seconds and requests per real second. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  readonly rps: number;
}

/** What is played on the rig and in the simulation alike. */
export interface Experiment {
  readonly phases: readonly Phase[];
  /** Time runs this much faster on the rig than in the policies. */
  readonly timeScale: number;
  /** Work per request on the rig. */
  readonly work: Extract<DurationModel, { kind: 'lognormal' }>;
  readonly scaling: ScalableTargetDefinition;
  readonly parameters: Parameters;
  readonly initialTasks: number;
  readonly algorithm: BalancingAlgorithm;
  /** How far into a metric's minute the experiment begins: nobody knows it of a real overload either. */
  readonly minuteShiftSeconds: number;
  readonly seed: number;
}

/** One request as the generator saw it; times in milliseconds from the start. */
interface RealRequest {
  readonly intendedMs: number;
  readonly latencyMs: number;
  /** How long the worker was busy with it. */
  readonly servedMs: number;
}

export interface RealRun {
  readonly requests: readonly RealRequest[];
  /** When the balancer had each further target, in milliseconds from the start. */
  readonly targetsAtMs: readonly number[];
  readonly failed: number;
  /** What the way through the balancer takes when nothing waits. */
  readonly overheadMs: number;
}

/** Runs the experiment on real processes behind the real load balancer. */
export async function runForReal(experiment: Experiment): Promise<RealRun> {
  const workers = new WorkerPool();
  const agent = new http.Agent({ keepAlive: true });
  let balancer: LoadBalancer | undefined;
  try {
    const first = await Promise.all(Array.from({ length: experiment.initialTasks }, () => workers.start()));
    balancer = await LoadBalancer.launch({
      targetGroup: {
        algorithm: experiment.algorithm,
        healthCheck: {
          path: '/health',
          intervalSeconds: 5,
          timeoutSeconds: 4,
          healthyThreshold: 1,
          unhealthyThreshold: 5,
          matcher: '200',
        },
        deregistrationDelaySeconds: 5,
      },
      targets: first.map(({ port }) => port),
    });
    const overheadMs = await overhead(balancer.url, agent);
    const controller = new LocalController(
      experiment,
      workers,
      balancer,
      first.map(({ port }) => port),
    );
    const start = performance.now();
    const [requests] = await Promise.all([generate(experiment, balancer.url, agent, start), controller.run(start)]);
    const answered = requests.filter((request) => request !== undefined);
    return {
      requests: answered,
      failed: requests.length - answered.length,
      targetsAtMs: controller.targetsAtMs,
      overheadMs,
    };
  } finally {
    agent.destroy();
    await balancer?.stop();
    await workers.stop();
  }
}

/** Does on the rig what Application Auto Scaling and ECS would: measures, decides, starts processes. */
class LocalController {
  public readonly targetsAtMs: number[] = [];
  private readonly store: MetricStore;
  private readonly controller: TargetController;
  private readonly busy = new Map<number, number>();
  /** When each process became a target. */
  private readonly since = new Map<number, number>();
  private desired: number;

  public constructor(
    private readonly experiment: Experiment,
    private readonly workers: WorkerPool,
    private readonly balancer: LoadBalancer,
    private readonly ports: number[],
  ) {
    const { scaling, parameters, seed } = experiment;
    this.desired = ports.length;
    this.store = new MetricStore({
      delaySeconds: () => parameters.ecsMetricDelay,
      historySeconds: historySeconds(scaling, parameters.evaluationRangeExtra),
    });
    const forecast = { model: 'perfect-hour', hourlyRps: [] } as const;
    this.controller = new TargetController(scaling, this.store, parameters, new Random(seed), 0, forecast);
  }

  public async run(startMs: number): Promise<void> {
    const { phases, timeScale, minuteShiftSeconds } = this.experiment;
    const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0) * timeScale;
    const launches: Promise<void>[] = [];
    // What the processes did before the start is no load of the experiment.
    for (const port of this.ports) {
      this.since.set(port, startMs);
      this.busy.set(port, await busyMs(port));
    }
    for (let second = 1; second <= seconds; second++) {
      await sleep(Math.max(0, startMs + (second * 1000) / timeScale - performance.now()));
      const clock = second + minuteShiftSeconds;
      if (clock % 60 === 0) await this.measure(clock);
      const running = this.ports.length;
      const wanted = this.controller.second(clock, { desired: this.desired, running, deploying: false }, () => {});
      for (let missing = wanted - this.desired; missing > 0; missing--) launches.push(this.launch(startMs));
      this.desired = Math.max(this.desired, wanted);
    }
    await Promise.all(launches);
  }

  private async launch(startMs: number): Promise<void> {
    const readyAt = performance.now() + (this.experiment.parameters.launch * 1000) / this.experiment.timeScale;
    const { port } = await this.workers.start();
    await sleep(Math.max(0, readyAt - performance.now()));
    await this.balancer.register(port);
    this.since.set(port, performance.now());
    this.targetsAtMs.push(performance.now() - startMs);
    this.ports.push(port);
  }

  /** CPU of the minute that ends now, as ECS has it: what the tasks used over what they had, each for its time in it. */
  private async measure(clock: number): Promise<void> {
    const minuteMs = 60_000 / this.experiment.timeScale;
    let used = 0;
    let had = 0;
    for (const port of this.ports) {
      const total = await busyMs(port);
      used += total - (this.busy.get(port) ?? 0);
      had += Math.min(minuteMs, performance.now() - (this.since.get(port) ?? 0));
      this.busy.set(port, total);
    }
    this.store.put('cpu', 60, clock - 60, gauge(Math.min(100, (100 * used) / had)));
  }
}

/** Sends at the intended times whatever the answers do, and measures from those times. */
async function generate(
  { phases, work, seed }: Experiment,
  url: string,
  agent: http.Agent,
  startMs: number,
): Promise<(RealRequest | undefined)[]> {
  const random = new Random(seed + 1000);
  const distribution = new Distribution(work);
  const sent: Promise<RealRequest | undefined>[] = [];
  let from = 0;
  for (const { seconds, rps } of phases) {
    for (let at = from + random.exponential() / rps; at < from + seconds; at += random.exponential() / rps) {
      const intendedMs = at * 1000;
      const wait = startMs + intendedMs - performance.now();
      if (wait > 0) await sleep(wait);
      sent.push(ask(`${url}/?ms=${distribution.sample(random)}`, agent, startMs, intendedMs));
    }
    from += seconds;
  }
  return Promise.all(sent);
}

function ask(url: string, agent: http.Agent, startMs: number, intendedMs: number): Promise<RealRequest | undefined> {
  return new Promise((resolve) => {
    http
      .get(url, { agent }, (response) => {
        response.resume();
        response.once('end', () => {
          const servedMs = Number(response.headers['x-served-ms']);
          const latencyMs = performance.now() - startMs - intendedMs;
          resolve(response.statusCode === 200 ? { intendedMs, latencyMs, servedMs } : undefined);
        });
      })
      .once('error', () => resolve(undefined));
  });
}

/** Median over requests that do nothing, one after the other. */
async function overhead(url: string, agent: http.Agent): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 40; count++) {
    const start = performance.now();
    const answer = await ask(`${url}/?ms=0`, agent, start, 0);
    if (answer !== undefined) times.push(answer.latencyMs - answer.servedMs);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

/** Milliseconds a process has been busy since it started. */
async function busyMs(port: number): Promise<number> {
  return Number(await (await fetch(`http://127.0.0.1:${port}/busy`)).text());
}
