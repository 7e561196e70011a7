import { Distribution, type DurationModel } from '../queueing/distribution';
import { Random } from '../queueing/random';
import type { ForecastModel } from '../scaling/policy-definition';
import { Arrivals } from '../simulation/arrivals';
import { MetricStore } from '../simulation/metric-store';
import type { OutcomeTotals } from '../simulation/outcome';
import { DEFAULT_PARAMETERS } from '../simulation/parameters';
import { Recorder } from '../simulation/recorder';
import { historySeconds, TargetController } from '../simulation/target-controller';
import { hourlyRps, type Traffic } from '../traffic/traffic';
import { Environments, LAMBDA_RAMP, THROTTLED } from './environments';
import type { FunctionParameters } from './function-parameters';
import type { FunctionModel } from './read-functions';

/** Everything that a rehearsal of a function plays, as plain data. */
export interface FunctionInput {
  readonly traffic: Traffic;
  /** Variance of the load of one second around its mean of 1; 0 is Poisson. */
  readonly burstiness: number;
  readonly model: FunctionModel;
  /** Concurrent executions of the account, where none are reserved. */
  readonly accountConcurrency: number;
  /** What a call takes in an environment that runs. */
  readonly duration: DurationModel;
  /** What it takes to start one. */
  readonly coldStart: DurationModel;
  readonly parameters: FunctionParameters;
  readonly forecastModel: ForecastModel;
  readonly startEpochSeconds: number;
  readonly slowMs: number;
}

/** What one rehearsal of a function came to; throttled calls are the refused ones. */
export interface FunctionOutcome extends OutcomeTotals {
  readonly coldStarts: number;
  readonly mostAtOnce: number;
  /** Mean number of warm environments that were paid for. */
  readonly meanProvisioned: number;
}

/** Plays the traffic through a function and its provisioned concurrency once. Equal seeds give equal outcomes. */
export function simulateFunction(input: FunctionInput, seed: number): FunctionOutcome {
  return new FunctionSimulation(input, seed).run();
}

class FunctionSimulation {
  private readonly random: Random;
  private readonly recorder: Recorder;
  private readonly environments: Environments;
  private readonly arrivals: Arrivals;
  private readonly duration: Distribution;
  private readonly coldStart: Distribution;
  private readonly store: MetricStore;
  private readonly controller: TargetController | undefined;
  private creating: { readonly readyAt: number; readonly count: number } | undefined;
  private utilisation = { sum: 0, count: 0, min: 1, max: 0 };
  private provisionedSeconds = 0;
  private readonly call = (atMs: number): void => {
    const ms = this.environments.call(atMs, this.duration.sample(this.random), this.coldStart.sample(this.random));
    if (ms === THROTTLED) this.recorder.refusedInMinute += 1;
    else this.recorder.minute.record(ms);
  };

  public constructor(
    private readonly input: FunctionInput,
    private readonly seed: number,
  ) {
    const { traffic, burstiness, model, accountConcurrency, parameters } = input;
    this.random = new Random(seed);
    this.recorder = new Recorder(input.slowMs);
    this.arrivals = new Arrivals(traffic, burstiness, this.random);
    this.duration = new Distribution(input.duration);
    this.coldStart = new Distribution(input.coldStart);
    const limit = model.reserved ?? accountConcurrency;
    this.environments = new Environments({ ...LAMBDA_RAMP, limit, idleSeconds: parameters.idle });
    this.environments.provisioned = model.provisioned?.minCapacity ?? 0;
    this.store = new MetricStore({
      delaySeconds: () => parameters.metricDelay,
      historySeconds: model.provisioned
        ? historySeconds(model.provisioned, DEFAULT_PARAMETERS.evaluationRangeExtra)
        : 600,
    });
    this.controller = this.controllerOf();
  }

  public run(): FunctionOutcome {
    const { durationSeconds } = this.input.traffic;
    for (let second = 0; second < durationSeconds; second++) this.second(second);
    if (durationSeconds % 60 !== 0) this.endMinute(durationSeconds);
    const { coldStarts, mostBusy } = this.environments;
    const {
      rows: _rows,
      events: _events,
      ...totals
    } = this.recorder.outcome({
      seed: this.seed,
      durationSeconds,
      taskHours: 0,
      readerHours: 0,
      hitRatio: undefined,
      databaseQueries: 0,
    });
    return { ...totals, coldStarts, mostAtOnce: mostBusy, meanProvisioned: this.provisionedSeconds / durationSeconds };
  }

  private second(now: number): void {
    this.provision(now);
    const { total, meanMs } = this.recorder.minute;
    if (total > 0) this.arrivals.answerMs = meanMs ?? 0;
    this.arrivals.second(now, now * 1000, this.call);
    this.environments.release((now + 1) * 1000);
    this.provisionedSeconds += this.environments.provisioned;
    this.measure();
    if ((now + 1) % 60 === 0) this.endMinute(now + 1);
  }

  /** Lambda allocates what is wanted in a while, and gives back at once. */
  private provision(now: number): void {
    const { environments, creating } = this;
    if (creating !== undefined && now >= creating.readyAt) {
      environments.provisioned = creating.count;
      this.creating = undefined;
    }
    if (this.controller === undefined) return;
    const running = environments.provisioned;
    const desired = this.creating?.count ?? running;
    const wanted = this.controller.second(now, { desired, running, deploying: false }, this.recorder.record);
    if (wanted < running) environments.provisioned = wanted;
    if (wanted <= running) this.creating = undefined;
    else if (wanted !== desired) {
      this.creating = { readyAt: now + this.input.parameters.provisionedStart, count: wanted };
    }
  }

  private measure(): void {
    const { busyProvisioned, provisioned } = this.environments;
    if (provisioned === 0) return;
    const value = Math.min(1, busyProvisioned / provisioned);
    const { sum, count, min, max } = this.utilisation;
    this.utilisation = { sum: sum + value, count: count + 1, min: Math.min(min, value), max: Math.max(max, value) };
  }

  private endMinute(now: number): void {
    const start = Math.floor((now - 1) / 60) * 60;
    if (this.utilisation.count > 0) this.store.put('provisioned-utilization', 60, start, this.utilisation);
    this.utilisation = { sum: 0, count: 0, min: 1, max: 0 };
    const { inUse, provisioned } = this.environments;
    this.recorder.endMinute(start, now - start, { running: inUse, desired: provisioned, cpuPercent: 0, readers: 0 });
  }

  private controllerOf(): TargetController | undefined {
    const { model, startEpochSeconds, forecastModel, traffic } = this.input;
    if (model.provisioned === undefined) return undefined;
    const forecast = { model: forecastModel, hourlyRps: hourlyRps(traffic) };
    return new TargetController(
      model.provisioned,
      this.store,
      DEFAULT_PARAMETERS,
      this.random,
      startEpochSeconds,
      forecast,
    );
  }
}
