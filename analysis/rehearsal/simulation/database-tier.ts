import { Distribution } from '../queueing/distribution';
import { MinHeap } from '../queueing/min-heap';
import type { Random } from '../queueing/random';
import { Station } from '../queueing/station';
import { gauge, type MetricStore } from './metric-store';
import type { DatabaseModel } from './simulation-input';
import type { TargetController } from './target-controller';

/** The readers behind the cache: one queue over all their workers, scaled like a read-replica target. */
export class DatabaseTier {
  public queries = 0;
  private readonly station: Station;
  private readonly query: Distribution;
  /** Queries on their way, by the time they reach the database, with the arrival of their request. */
  private readonly coming = new MinHeap();
  private readers: number;
  private creating: { readonly readyAt: number; readonly readers: number } | undefined;
  private busy = 0;

  public constructor(
    private readonly model: DatabaseModel,
    private readonly random: Random,
    private readonly creationSeconds: number,
    private readonly controller: TargetController | undefined,
  ) {
    this.query = new Distribution(model.query);
    this.readers = model.readers;
    this.station = new Station(model.readers * model.parallelPerReader);
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
      done(atMs + this.station.serve(atMs, this.query.sample(this.random)) - arrivedMs);
    }
  }

  /** One second of Aurora: a reader counts when it is available, and nothing else scales while one is created. */
  public second(now: number): void {
    this.busy += this.station.takeUtilisation(now * 1000, 1000);
    if (this.creating !== undefined && now >= this.creating.readyAt) {
      this.readers = this.creating.readers;
      this.creating = undefined;
      this.station.resize(this.readers * this.model.parallelPerReader, now * 1000);
    }
    if (this.controller === undefined) return;
    const running = this.readers;
    const desired = this.creating?.readers ?? running;
    const wanted = this.controller.second(now, { desired, running, deploying: this.creating !== undefined }, () => {});
    if (this.creating !== undefined || wanted === running) return;
    if (wanted > running) this.creating = { readyAt: now + this.creationSeconds, readers: wanted };
    else {
      this.readers = wanted;
      this.station.resize(wanted * this.model.parallelPerReader, now * 1000);
    }
  }

  /** Publishes the minute that ends at `now`. */
  public publish(now: number, store: MetricStore): void {
    store.put('reader-cpu', 60, now - 60, gauge((100 * this.busy) / 60));
    store.put('reader-connections', 60, now - 60, gauge(this.coming.size / Math.max(1, this.readers)));
    this.busy = 0;
  }

  public get readerCount(): number {
    return this.readers;
  }
}
