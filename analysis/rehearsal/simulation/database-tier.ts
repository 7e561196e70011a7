import { Distribution } from '../queueing/distribution';
import { MinHeap } from '../queueing/min-heap';
import type { Random } from '../queueing/random';
import { Station } from '../queueing/station';
import { ServerlessCapacity } from '../scaling/serverless-capacity';
import { gauge, type MetricStore } from './metric-store';
import type { Parameters } from './parameters';
import type { DatabaseModel } from './simulation-input';
import type { TargetController } from './target-controller';

/**
 * The readers behind the cache: one queue over all that they can do at once, or over the connections of the tasks where
 * those are fewer; scaled like a read-replica target, and each like Serverless v2 where it is that.
 */
export class DatabaseTier {
  public queries = 0;
  private readonly station: Station;
  private readonly query: Distribution;
  /** Queries on their way, by the time they reach the database, with the arrival of their request. */
  private readonly coming = new MinHeap();
  /** When the queries that wait or are being answered will be done. */
  private readonly inside = new MinHeap();
  private readonly size: ServerlessCapacity | undefined;
  private readers: number;
  private creating: { readonly readyAt: number; readonly readers: number } | undefined;
  private tasks: number;
  private cpuPercent = 0;
  private connections = 0;
  private seconds = 0;

  public constructor(
    private readonly model: DatabaseModel,
    private readonly random: Random,
    private readonly parameters: Parameters,
    private readonly controller: TargetController | undefined,
    tasks: number,
  ) {
    this.query = new Distribution(model.query);
    this.readers = model.readers;
    this.tasks = tasks;
    this.size = model.acu && new ServerlessCapacity(model.acu, parameters);
    this.station = new Station(this.servers);
  }

  /** A request that arrived at `arrivedMs` sends its query at `atMs`. */
  public submit(atMs: number, arrivedMs: number): void {
    this.coming.push(atMs, arrivedMs);
  }

  /** Serves, in order, what reached the database before `endMs`; reports the time from the request's arrival. */
  public serveUntil(endMs: number, done: (latencyMs: number) => void): void {
    while (this.coming.first < endMs) {
      const atMs = this.coming.first;
      const arrivedMs = this.coming.firstValue;
      this.coming.pop();
      this.queries += 1;
      const doneMs = atMs + this.station.serve(atMs, this.query.sample(this.random) * this.stretch);
      this.inside.push(doneMs, 0);
      done(doneMs - arrivedMs);
    }
  }

  /** One second of Aurora with `tasks` in front of it. */
  public second(now: number, tasks: number): void {
    this.tasks = tasks;
    this.measure(now * 1000);
    if (this.creating !== undefined && now >= this.creating.readyAt) {
      this.readers = this.creating.readers;
      this.creating = undefined;
    }
    this.scale(now);
    this.station.resize(this.servers, now * 1000);
  }

  /** Publishes the minute that ends at `now`. */
  public publish(now: number, store: MetricStore): void {
    const seconds = Math.max(1, this.seconds);
    store.put('reader-cpu', 60, now - 60, gauge(this.cpuPercent / seconds));
    store.put('reader-connections', 60, now - 60, gauge(this.connections / seconds));
    this.cpuPercent = 0;
    this.connections = 0;
    this.seconds = 0;
  }

  public get readerCount(): number {
    return this.readers;
  }

  /** A reader counts when it is available, and nothing else scales while one is created. */
  private scale(now: number): void {
    if (this.controller === undefined) return;
    const running = this.readers;
    const desired = this.creating?.readers ?? running;
    const wanted = this.controller.second(now, { desired, running, deploying: this.creating !== undefined }, () => {});
    if (this.creating !== undefined || wanted === running) return;
    if (wanted < running) this.readers = wanted;
    else this.creating = { readyAt: now + this.parameters.readerCreation, readers: wanted };
  }

  private measure(nowMs: number): void {
    const workMs = this.station.takeBusyMs(nowMs) / this.stretch;
    const waitingMs = this.station.leftMs(nowMs) / this.stretch;
    const { readers } = this;
    const used = workMs / 1000 / readers / this.workersPerReader;
    this.cpuPercent += 100 * Math.min(1, used);
    while (this.inside.first <= nowMs) this.inside.pop();
    this.connections += Math.min(this.inside.size, this.connectionLimit) / readers;
    this.seconds += 1;
    this.size?.second((workMs + waitingMs) / 1000 / readers / this.parameters.vcpuPerAcu);
  }

  /** Queries that one reader can work on at full speed; less than one on a small Serverless v2 reader. */
  private get workersPerReader(): number {
    return this.size === undefined ? this.model.parallelPerReader : this.size.acu * this.parameters.vcpuPerAcu;
  }

  /** How much longer a query takes where a worker is less than a whole one. */
  private get stretch(): number {
    return Math.ceil(this.workersPerReader) / this.workersPerReader;
  }

  private get servers(): number {
    return Math.min(this.readers * Math.ceil(this.workersPerReader), this.connectionLimit);
  }

  private get connectionLimit(): number {
    return this.model.connectionsPerTask === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(1, this.tasks) * this.model.connectionsPerTask;
  }
}
