import { LatencyHistogram } from '../queueing/latency-histogram';
import type { Outcome, OutcomeRow, WorstWindow } from './outcome';
import type { ControlEvent } from './target-controller';

/** Rows are merged two by two beyond this, so that memory does not grow with the length of a trace. */
const MAX_ROWS = 2880;
/** Events kept for the report; all are counted. */
const MAX_EVENTS = 4000;
/** Minutes of the window in which the p95 objective has to hold. */
const WINDOW_MINUTES = 5;
/** A p95 of fewer requests says nothing, as CloudWatch has it (10 / (1 − 0.95)): the window grows until it has them … */
const ENOUGH_REQUESTS = 200;
/** … but not beyond an hour. */
const LONGEST_WINDOW_MINUTES = 60;
/** Share of requests that may be slow or unanswered. */
const TOLERATED = 0.05;
/** A scale-in that is taken back within this is a flap. */
const FLAP_SECONDS = 600;

/** What a tier looked like at the end of a minute. */
export interface MinuteState {
  readonly running: number;
  readonly desired: number;
  readonly cpuPercent: number;
  readonly readers: number;
}

/** Keeps what happened, in a size that does not depend on how long it took. */
export class Recorder {
  public readonly minute = new LatencyHistogram();
  public refusedInMinute = 0;
  public failedInMinute = 0;
  private readonly all = new LatencyHistogram();
  private readonly window = Array.from({ length: LONGEST_WINDOW_MINUTES }, () => ({
    answered: new LatencyHistogram(),
    unanswered: 0,
  }));
  private rows: OutcomeRow[] = [];
  private rowSeconds = 60;
  private pending: OutcomeRow | undefined;
  private readonly events: ControlEvent[] = [];
  private minutes = 0;
  private refused = 0;
  private failed = 0;
  private slow = 0;
  private badMinutes = 0;
  private badRun = 0;
  private longestBadMinutes = 0;
  private worst: WorstWindow = { atSeconds: 0, seconds: 0, p95Ms: 0 };
  private minTasks = Number.POSITIVE_INFINITY;
  private maxTasks = 0;
  private readonly counts = { 'scale-out': 0, 'scale-in': 0, replacement: 0 };
  private flaps = 0;
  private lastScaleIn = Number.NEGATIVE_INFINITY;

  public constructor(private readonly slowMs: number) {}

  public readonly record = (event: ControlEvent): void => {
    if (this.events.length < MAX_EVENTS) this.events.push(event);
    if (event.kind === 'scale-out' || event.kind === 'scale-in' || event.kind === 'replacement') {
      this.counts[event.kind] += 1;
    }
    if (event.kind === 'scale-in') this.lastScaleIn = event.atSeconds;
    if (event.kind === 'scale-out' && event.atSeconds - this.lastScaleIn <= FLAP_SECONDS) {
      this.flaps += 1;
      this.lastScaleIn = Number.NEGATIVE_INFINITY;
    }
  };

  /** Closes the minute that began at `atSeconds` and was `seconds` long. */
  public endMinute(atSeconds: number, seconds: number, state: MinuteState): void {
    const { minute } = this;
    const unanswered = this.refusedInMinute + this.failedInMinute;
    const slow = minute.slowerThan(this.slowMs);
    const requests = minute.total + unanswered;
    this.judge(requests === 0 ? 0 : (slow + unanswered) / requests);
    this.slide(atSeconds, unanswered);
    this.all.add(minute);
    this.refused += this.refusedInMinute;
    this.failed += this.failedInMinute;
    this.slow += slow;
    this.minTasks = Math.min(this.minTasks, state.running);
    this.maxTasks = Math.max(this.maxTasks, state.running);
    const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => minute.quantile(share));
    this.keep({ atSeconds, seconds, requests, failed: unanswered, slow, p50Ms, p95Ms, p99Ms, ...state });
    minute.clear();
    this.refusedInMinute = 0;
    this.failedInMinute = 0;
    this.minutes += 1;
  }

  public outcome(
    given: Pick<Outcome, 'seed' | 'durationSeconds' | 'taskHours' | 'readerHours' | 'hitRatio' | 'databaseQueries'>,
  ): Outcome {
    return {
      ...given,
      requests: this.all.total + this.refused + this.failed,
      refused: this.refused,
      failed: this.failed,
      slow: this.slow,
      p50Ms: this.all.quantile(0.5) ?? 0,
      p95Ms: this.all.quantile(0.95) ?? 0,
      p99Ms: this.all.quantile(0.99) ?? 0,
      badMinutes: this.badMinutes,
      longestBadMinutes: this.longestBadMinutes,
      worstWindow: this.worst,
      minTasks: this.minTasks === Number.POSITIVE_INFINITY ? 0 : this.minTasks,
      maxTasks: this.maxTasks,
      scaleOuts: this.counts['scale-out'],
      scaleIns: this.counts['scale-in'],
      replacements: this.counts.replacement,
      flaps: this.flaps,
      rows: this.pending === undefined ? this.rows : [...this.rows, this.pending],
      events: this.events,
    };
  }

  private judge(share: number): void {
    const bad = share > TOLERATED;
    this.badRun = bad ? this.badRun + 1 : 0;
    if (bad) this.badMinutes += 1;
    this.longestBadMinutes = Math.max(this.longestBadMinutes, this.badRun);
  }

  private slide(atSeconds: number, unanswered: number): void {
    const newest = this.minutes % LONGEST_WINDOW_MINUTES;
    const place = this.window[newest];
    if (place === undefined) return;
    place.answered.clear();
    place.answered.add(this.minute);
    place.unanswered = unanswered;
    const merged = new LatencyHistogram();
    let lost = 0;
    let back = 0;
    for (; back < LONGEST_WINDOW_MINUTES; back++) {
      if (back >= WINDOW_MINUTES && merged.total + lost >= ENOUGH_REQUESTS) break;
      const earlier = this.window[(newest - back + LONGEST_WINDOW_MINUTES) % LONGEST_WINDOW_MINUTES];
      if (earlier === undefined) break;
      merged.add(earlier.answered);
      lost += earlier.unanswered;
    }
    const total = merged.total + lost;
    if (total === 0) return;
    // Unanswered requests are slower than every answer.
    const rank = (1 - TOLERATED) * total;
    const p95Ms = rank > merged.total ? Number.POSITIVE_INFINITY : (merged.quantile(rank / merged.total) ?? 0);
    if (p95Ms > this.worst.p95Ms) {
      this.worst = { atSeconds: Math.max(0, atSeconds - 60 * (back - 1)), seconds: 60 * back, p95Ms };
    }
  }

  private keep(row: OutcomeRow): void {
    this.pending = this.pending === undefined ? row : merge(this.pending, row);
    // The first minute may be shorter, and stands alone all the same.
    if (this.pending.seconds < this.rowSeconds && this.rowSeconds > 60) return;
    this.rows.push(this.pending);
    this.pending = undefined;
    if (this.rows.length < MAX_ROWS) return;
    this.rows = Array.from({ length: MAX_ROWS / 2 }, (_, at) =>
      merge(this.rows[2 * at] as OutcomeRow, this.rows[2 * at + 1] as OutcomeRow),
    );
    this.rowSeconds *= 2;
  }
}

function merge(a: OutcomeRow, b: OutcomeRow): OutcomeRow {
  const worst = (x: number | undefined, y: number | undefined) => (x === undefined || (y ?? 0) > x ? y : x);
  return {
    atSeconds: a.atSeconds,
    seconds: a.seconds + b.seconds,
    requests: a.requests + b.requests,
    failed: a.failed + b.failed,
    slow: a.slow + b.slow,
    p50Ms: worst(a.p50Ms, b.p50Ms),
    p95Ms: worst(a.p95Ms, b.p95Ms),
    p99Ms: worst(a.p99Ms, b.p99Ms),
    running: Math.min(a.running, b.running),
    desired: Math.max(a.desired, b.desired),
    cpuPercent: Math.max(a.cpuPercent, b.cpuPercent),
    readers: Math.min(a.readers, b.readers),
  };
}
