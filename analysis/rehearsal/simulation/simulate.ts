import type { Measure } from '../alarms/alarm-definition';
import { Distribution } from '../queueing/distribution';
import { FAILED, REFUSED } from '../queueing/fleet';
import { Random } from '../queueing/random';
import { hourlyRps } from '../traffic/traffic';
import { Arrivals } from './arrivals';
import { CacheTier } from './cache-tier';
import { DatabaseTier } from './database-tier';
import { MetricStore } from './metric-store';
import { MetricsPublisher } from './metrics-publisher';
import type { Outcome } from './outcome';
import type { Parameters } from './parameters';
import { Recorder } from './recorder';
import { ServiceTasks } from './service-tasks';
import type { Fault, ServiceModel, SimulationInput } from './simulation-input';
import { type Forecast, historySeconds, TargetController } from './target-controller';

/**
 * Plays the traffic through the service and its scaling policies once.
 *
 * Two clocks: the control plane (metrics, alarms, policies, launches) goes second by second, the data plane request by
 * request. Equal seeds give equal outcomes.
 */
export function simulate(input: SimulationInput, seed: number, observe?: Observer): Outcome {
  return new Simulation(input, seed, observe).run();
}

/** Told of every answered request: the second in which it was answered or, without a database, in which it arrived. */
export type Observer = (second: number, latencyMs: number) => void;

class Simulation {
  private readonly random: Random;
  private readonly recorder: Recorder;
  private readonly tasks: ServiceTasks;
  private readonly store: MetricStore;
  private readonly publisher: MetricsPublisher;
  private readonly controller: TargetController;
  private readonly database: DatabaseTier | undefined;
  private readonly cache: CacheTier | undefined;
  private readonly work: Distribution;
  private readonly waiting: Distribution | undefined;
  private readonly begun = new Set<Fault>();
  private readonly ended = new Set<Fault>();
  /** Seconds by which this seed's metric minutes are shifted against the trace. */
  private readonly shift: number;
  private readerSeconds = 0;
  private current = 0;
  private readonly arrivals: Arrivals;
  private readonly answered = (latencyMs: number): void => this.answer(latencyMs);
  private readonly request = (atMs: number): void => {
    const waitingMs = this.waiting === undefined ? 0 : this.waiting.sample(this.random);
    const doneMs = this.tasks.fleet.offer(atMs, this.work.sample(this.random), waitingMs);
    if (doneMs === REFUSED) this.recorder.refusedInMinute += 1;
    else if (doneMs === FAILED) this.recorder.failedInMinute += 1;
    else if (this.database === undefined || this.cache?.answers(this.random.uniform()) === true) {
      this.answer(doneMs + waitingMs);
    } else this.database.submit(atMs + doneMs + waitingMs, atMs);
  };

  public constructor(
    private readonly input: SimulationInput,
    private readonly seed: number,
    private readonly observe: Observer | undefined,
  ) {
    const { scaling, database, cache, service, parameters } = input;
    this.random = new Random(seed);
    this.shift = this.random.below(60);
    this.recorder = new Recorder(input.slowMs);
    this.arrivals = new Arrivals(input.traffic, input.burstiness, this.random);
    const history = [scaling, ...(database?.scaling ? [database.scaling] : [])].map((target) =>
      historySeconds(target, parameters.evaluationRangeExtra, parameters),
    );
    this.store = new MetricStore({ delaySeconds: delays(parameters), historySeconds: Math.max(...history) });
    this.publisher = new MetricsPublisher(this.store, parameters.requestCountZeros);
    const record = this.recorder.record;
    this.tasks = new ServiceTasks(input, this.random, initialTasks(input), (event) =>
      record({ ...event, atSeconds: event.atSeconds - this.shift }),
    );
    const forecast = { model: input.forecastModel, hourlyRps: hourlyRps(input.traffic) };
    this.controller = this.controllerOf(scaling, forecast);
    this.work = new Distribution(service.work);
    this.waiting = service.waiting && new Distribution(service.waiting);
    this.cache = cache && new CacheTier(cache);
    const readers = database?.scaling && this.controllerOf(database.scaling, forecast);
    this.database = database && new DatabaseTier(database, this.random, parameters, readers, this.tasks.running);
  }

  public run(): Outcome {
    const { durationSeconds } = this.input.traffic;
    for (let second = 0; second < durationSeconds; second++) this.second(second);
    // The last answers of the database are still on their way.
    this.database?.serveUntil(Number.POSITIVE_INFINITY, this.answered);
    if ((durationSeconds + this.shift) % 60 !== 0) this.endMinute(durationSeconds);
    return this.recorder.outcome({
      seed: this.seed,
      durationSeconds,
      taskHours: this.tasks.taskSeconds / 3600,
      readerHours: this.readerSeconds / 3600,
      hitRatio: this.cache === undefined ? undefined : this.cache.hits / Math.max(1, this.cache.accesses),
      databaseQueries: this.database?.queries ?? 0,
    });
  }

  private second(second: number): void {
    const now = second + this.shift;
    this.current = second;
    this.injectFaults(second, now);
    const { running, desired, deploying } = this.tasks;
    this.tasks.desired = this.controller.second(now, { running, desired, deploying }, (event) =>
      this.recorder.record({ ...event, atSeconds: second }),
    );
    this.tasks.second(now);
    const { total, meanMs } = this.recorder.minute;
    if (total > 0) this.arrivals.answerMs = meanMs ?? 0;
    this.arrivals.second(second, now * 1000, this.request);
    this.database?.serveUntil((now + 1) * 1000, this.answered);
    this.database?.second(now + 1, this.tasks.running);
    this.readerSeconds += this.database?.readerCount ?? 0;
    this.measureTasks(second, now + 1);
    if ((now + 1) % 60 === 0) {
      this.publishMinute(second, now + 1);
      this.endMinute(second + 1);
    }
  }

  private controllerOf(definition: SimulationInput['scaling'], forecast: Forecast): TargetController {
    const { parameters, startEpochSeconds } = this.input;
    return new TargetController(
      definition,
      this.store,
      parameters,
      this.random,
      startEpochSeconds - this.shift,
      forecast,
    );
  }

  private answer(latencyMs: number): void {
    if (latencyMs > this.input.service.timeoutMs) this.recorder.failedInMinute += 1;
    else this.recorder.minute.record(latencyMs);
    this.observe?.(this.current, latencyMs);
  }

  private measureTasks(second: number, now: number): void {
    const { cpuShare, workersPerTask, idleCpuPercent, idleMemoryPercent, memoryPercentPerRequest } = this.input.service;
    const perRequestMs = Math.max(1e-9, this.work.meanMs);
    this.tasks.takeBusy(now, (busyMs, backlogMs) => {
      const cpu = idleCpuPercent + (busyMs * cpuShare) / workersPerTask / 10;
      const memory = idleMemoryPercent + (backlogMs / perRequestMs) * memoryPercentPerRequest;
      this.publisher.task(Math.min(100, cpu), Math.min(100, memory));
    });
    this.publisher.publishTasks(now, this.isLost(second));
  }

  private publishMinute(second: number, now: number): void {
    if (this.isLost(second)) return;
    const { healthy, running } = this.tasks;
    const { minute, refusedInMinute, failedInMinute } = this.recorder;
    const unanswered = refusedInMinute + failedInMinute;
    this.publisher.publishBalancer(now, { latencies: minute, unanswered, healthy, running });
    this.database?.publish(now, this.store);
  }

  /** Closes the minute that ends at `second`; the first and the last one may be shorter. */
  private endMinute(second: number): void {
    const start = Math.max(0, Math.floor((second - 1 + this.shift) / 60) * 60 - this.shift);
    this.recorder.endMinute(start, second - start, {
      running: this.tasks.running,
      desired: this.tasks.desired,
      cpuPercent: this.publisher.cpuPercent,
      readers: this.database?.readerCount ?? 0,
    });
  }

  private isLost(second: number): boolean {
    return this.input.faults.some(
      (fault) => fault.kind === 'metric-gap' && second >= fault.atSeconds && second < fault.untilSeconds,
    );
  }

  private injectFaults(second: number, now: number): void {
    for (const fault of this.input.faults) {
      if (second >= fault.atSeconds && !this.begun.has(fault)) {
        this.begun.add(fault);
        this.begin(fault, now);
      }
      if ('untilSeconds' in fault && second >= fault.untilSeconds && !this.ended.has(fault)) {
        this.ended.add(fault);
        if (fault.kind === 'zone-lost') this.tasks.restoreZone(now);
        else this.say(now, 'metrics arrive again');
      }
    }
  }

  private begin(fault: Fault, now: number): void {
    if (fault.kind === 'deployment') this.tasks.deploy(now);
    else if (fault.kind === 'zone-lost') this.tasks.loseZone(now, 0);
    else if (fault.kind === 'metric-gap') this.say(now, 'metrics are lost');
    else {
      this.cache?.flush();
      this.say(now, 'the cache is emptied');
    }
  }

  private say(now: number, text: string): void {
    this.recorder.record({ atSeconds: now - this.shift, kind: 'fault', text });
  }
}

/** What the load of the first minute needs at half utilisation, within the bounds. */
function initialTasks({ initialTasks, scaling, service, traffic }: SimulationInput): number {
  if (initialTasks !== undefined) return initialTasks;
  const rps = traffic.users === undefined ? traffic.rps(30) : traffic.users.count / traffic.users.thinkSeconds;
  // 100 / 25 must stay 4: a rounding error of the capacity is no task.
  const wanted = Math.ceil(rps / (0.5 * taskCapacityRps(service)) - 1e-9);
  return Math.max(scaling.minCapacity, Math.min(scaling.maxCapacity, wanted));
}

/** Requests per second that keep a task's workers busy all the time. */
export function taskCapacityRps(service: ServiceModel): number {
  return (1000 * service.workersPerTask) / new Distribution(service.work).meanMs;
}

function delays(parameters: Parameters): (measure: Measure, resolutionSeconds: number) => number {
  return (measure, resolutionSeconds) => {
    if (measure === 'cpu' || measure === 'memory') {
      return resolutionSeconds < 60 ? parameters.ecsHighResolutionDelay : parameters.ecsMetricDelay;
    }
    if (measure === 'running-tasks') return parameters.ecsMetricDelay;
    return measure.startsWith('reader') ? parameters.rdsMetricDelay : parameters.albMetricDelay;
  };
}
