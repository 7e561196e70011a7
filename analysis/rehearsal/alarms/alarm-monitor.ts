import {
  type AlarmDefinition,
  type AlarmState,
  type Measure,
  type MeasuredQuery,
  type MetricQuery,
  percentileOf,
  type Statistic,
} from './alarm-definition';
import { alarmState, type Datapoints, hasTooFewSamples } from './alarm-state';
import { evaluateMetricMath } from './metric-math';
import type { MissingInMath } from './metric-math-functions';
import { type Expression, MetricMathError, parseMetricMath } from './metric-math-parser';

/** A window of a metric as an alarm asks for it. */
export interface MetricWindow<M extends string = Measure> {
  readonly measure: M;
  readonly statistic: Statistic;
  readonly resolutionSeconds: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** What an alarm sees of the metrics: only what has been delivered by `nowSeconds`. */
export interface MetricReader<M extends string = Measure> {
  read(window: MetricWindow<M>, nowSeconds: number): number | undefined;
}

/** What CloudWatch does with an alarm and does not say clearly. */
export interface EvaluationModel {
  /** Datapoints more than N that are fetched; AWS documents the mechanism, not the number. */
  readonly evaluationRangeExtra: number;
  readonly missingInMath: MissingInMath;
}

/** The outcome of one evaluation. */
export interface AlarmEvaluation {
  readonly state: AlarmState;
  readonly previous: AlarmState;
  /** The real datapoints the state rests on, oldest first, at most N. */
  readonly datapoints: readonly number[];
}

/** Follows one alarm through simulated time. */
export class AlarmMonitor<M extends string = Measure> {
  public state: AlarmState = 'INSUFFICIENT_DATA';
  /** Seconds between evaluations: alarms with a period below a minute are looked at every 10 s. */
  public readonly intervalSeconds: number;
  private readonly measured: readonly MeasuredQuery<M>[];
  private readonly expressions: ReadonlyMap<string, Expression>;

  public constructor(
    public readonly definition: AlarmDefinition<M>,
    private readonly reader: MetricReader<M>,
    private readonly model: EvaluationModel,
  ) {
    this.intervalSeconds = definition.periodSeconds < 60 ? 10 : 60;
    this.measured = definition.queries.filter((query) => 'measure' in query);
    this.expressions = new Map(
      definition.queries.flatMap((query) =>
        'expression' in query ? [[query.id, parseMetricMath(query.expression)] as const] : [],
      ),
    );
  }

  /** Evaluates the alarm with what has been delivered by `nowSeconds`. */
  public evaluate(nowSeconds: number): AlarmEvaluation {
    const previous = this.state;
    const range = this.range(nowSeconds);
    if (!this.keepsStateForFewSamples(nowSeconds)) this.state = alarmState(this.definition, range, previous);
    const real = range.filter((value) => value !== undefined);
    return { state: this.state, previous, datapoints: real.slice(-this.definition.evaluationPeriods) };
  }

  private range(nowSeconds: number): Datapoints {
    const length = this.definition.evaluationPeriods + this.model.evaluationRangeExtra;
    const single = this.measured[0];
    if (this.expressions.size === 0 && single !== undefined) return this.fetch(single, length, nowSeconds);
    const series = new Map(this.measured.map((query) => [query.id, this.fetch(query, length, nowSeconds)]));
    const metrics = this.measured.map(({ id }) => id);
    const { periodSeconds, returns } = this.definition;
    const missing = this.model.missingInMath;
    // An expression may refer to another: those that are ready first.
    const waiting = new Map(this.expressions);
    for (let before = -1; waiting.size > 0 && waiting.size !== before; ) {
      before = waiting.size;
      for (const [id, expression] of waiting) {
        if (namesIn(expression).some((name) => waiting.has(name))) continue;
        series.set(id, evaluateMetricMath(expression, { series, metrics, periodSeconds, length, missing }));
        waiting.delete(id);
      }
    }
    if (waiting.size > 0) {
      throw new MetricMathError(`the expressions ${[...waiting.keys()].join(' and ')} refer to each other`);
    }
    return series.get(returns) ?? [];
  }

  private fetch(query: MeasuredQuery<M>, length: number, nowSeconds: number): Datapoints {
    const end = this.windowEnd(query.resolutionSeconds, nowSeconds);
    const period = this.definition.periodSeconds;
    // One window for all datapoints: this is asked hundreds of times a minute.
    const window = { ...query, startSeconds: 0, endSeconds: 0 };
    const points = new Array<number | undefined>(length);
    for (let index = 0; index < length; index++) {
      window.endSeconds = end - (length - 1 - index) * period;
      window.startSeconds = window.endSeconds - period;
      points[index] = this.reader.read(window, nowSeconds);
    }
    return points;
  }

  private windowEnd(resolutionSeconds: number, nowSeconds: number): number {
    const grid = this.definition.evaluationWindow === 'wall-clock' ? this.definition.periodSeconds : resolutionSeconds;
    return Math.floor(nowSeconds / grid) * grid;
  }

  private keepsStateForFewSamples(nowSeconds: number): boolean {
    const query = this.measured[0];
    const percentile = query === undefined ? undefined : percentileOf(query.statistic);
    if (query === undefined || percentile === undefined) return false;
    if (this.definition.lowSampleCountPercentile !== 'ignore') return false;
    const counts = this.fetch(
      { ...query, statistic: 'SampleCount' },
      this.definition.evaluationPeriods + this.model.evaluationRangeExtra,
      nowSeconds,
    );
    const newest = counts.findLast((count) => count !== undefined);
    return newest !== undefined && hasTooFewSamples(percentile, newest);
  }
}

/**
 * Evaluates the queries once, as if every metric were 1.
 *
 * @throws {MetricMathError} when an expression cannot be evaluated, whatever the data
 */
export function tryQueries<M extends string>(queries: readonly MetricQuery<M>[], returns: string): void {
  const definition: AlarmDefinition<M> = {
    name: 'trial',
    queries,
    returns,
    periodSeconds: 60,
    comparison: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'missing',
  };
  new AlarmMonitor(definition, { read: () => 1 }, { evaluationRangeExtra: 0, missingInMath: 'zero' }).evaluate(0);
}

function namesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'name':
      return [expression.name];
    case 'negate':
      return namesIn(expression.operand);
    case 'binary':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    case 'list':
      return expression.items.flatMap(namesIn);
    case 'call':
      return expression.args.flatMap(namesIn);
    default:
      return [];
  }
}
