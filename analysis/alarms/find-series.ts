import { type Expression, parseMetricMath } from '../rehearsal/alarms/metric-math-parser';
import { AMOUNTS, METRIC_CATALOGUE, OWN_RANGES } from './metric-catalogue';
import { type Levels, playPhases, settledState } from './play-alarm';
import { seriesKey, type WatchedAlarm, type WatchedMetric } from './watched-metric';

/** Series that an alarm tells apart: with the first it rests, with the second it fires. */
export interface Proof {
  readonly rests: Levels;
  readonly fires: Levels;
}

/** Series that take the same value. */
type Group = readonly WatchedMetric[];

/** Above this many combinations the first one that is wanted is not looked for. */
const MOST_COMBINATIONS = 30_000;

/**
 * Values inside the ranges of its metrics that keep an alarm quiet, and others that set it off from there; `undefined`
 * when there are none: the threshold is out of reach, or the alarm never ends.
 */
export function findSeries(alarm: WatchedAlarm): Proof | undefined {
  return proofWith(alarm, together(alarm.metrics)) ?? proofWith(alarm, firstApart(alarm.metrics));
}

function proofWith(alarm: WatchedAlarm, groups: readonly Group[]): Proof | undefined {
  const { definition } = alarm;
  const numbers = [definition.threshold, ...definition.queries.flatMap(numbersOf)];
  const rests: Levels[] = [];
  let loud: Levels | undefined;
  for (const levels of combinations(groups, numbers)) {
    const state = settledState(definition, levels);
    // To rest only while there is no data is no rest.
    if (state === 'OK' && levels.size > 0) rests.push(levels);
    if (state === 'ALARM') loud ??= levels;
    const [quiet] = rests;
    if (quiet !== undefined && loud !== undefined) return ends(alarm, quiet, loud);
  }
  return changing(alarm, rests);
}

/** An alarm that has gone off must end when the series are good again. */
function ends({ definition }: WatchedAlarm, rests: Levels, fires: Levels): Proof | undefined {
  const states = playPhases(definition, [rests, fires, rests]).map((phase) => phase.at(-1));
  return states.join() === 'OK,ALARM,OK' ? { rests, fires } : undefined;
}

/** What looks at changes fires on the way between two levels at each of which it rests. */
function changing({ definition }: WatchedAlarm, rests: readonly Levels[]): Proof | undefined {
  if (!definition.queries.some((query) => 'expression' in query && /\b(DIFF|RATE)\(/.test(query.expression))) {
    return undefined;
  }
  for (const from of rests) {
    for (const to of rests) {
      const [, after] = playPhases(definition, [from, to]);
      if (after?.includes('ALARM') && after.at(-1) === 'OK') return { rests: from, fires: to };
    }
  }
  return undefined;
}

/** Every series of one metric and statistic has the same value. */
function together(metrics: readonly WatchedMetric[]): Group[] {
  const groups = new Map<string, WatchedMetric[]>();
  for (const metric of metrics) {
    const key = `${metric.namespace} ${metric.name} ${metric.statistic} ${tellsApart(metric)}`;
    groups.set(key, [...(groups.get(key) ?? []), metric]);
  }
  return [...groups.values()];
}

/** What compares the members of a group with each other needs one that is not like the others. */
function firstApart(metrics: readonly WatchedMetric[]): Group[] {
  return together(metrics).flatMap(([first, ...others]) =>
    first === undefined ? [] : others.length === 0 ? [[first]] : [[first], others],
  );
}

/** Series of the same metric in different roles are not the same thing. */
function tellsApart({ dimensions }: WatchedMetric): string {
  const words = Object.values(dimensions).filter((value) => typeof value === 'string' && !/\d[a-z]$/.test(value));
  return words.join(' ');
}

function* combinations(groups: readonly Group[], numbers: readonly number[]): Generator<Levels> {
  const choices = groups.map(([metric]) => (metric === undefined ? [] : candidates(metric, numbers)));
  const total = choices.reduce((product, { length }) => product * length, 1);
  for (let index = 0; index < Math.min(total, MOST_COMBINATIONS); index++) {
    const levels = new Map<string, number>();
    let rest = index;
    groups.forEach((group, at) => {
      const of = choices[at] ?? [];
      const value = of[rest % of.length];
      rest = Math.floor(rest / of.length);
      if (value !== undefined) for (const metric of group) levels.set(seriesKey(metric), value);
    });
    if (isPossible(groups, levels)) yield levels;
  }
}

/** Values that matter: around every number of the alarm, and the ends of what the metric can be. */
function candidates(metric: WatchedMetric, numbers: readonly number[]): (number | undefined)[] {
  const [low, high] = rangeOf(metric);
  const values = [low, 0, ...numbers.flatMap((number) => [number / 2, number, number * 2]), 1e6, high]
    .filter((value) => value >= low && value <= high)
    .sort((left, right) => left - right);
  return [...new Set(values), undefined];
}

/** What one datapoint can be: the statistic counts for more than the metric. */
function rangeOf({ namespace, name, statistic }: WatchedMetric): readonly [number, number] {
  if (statistic.startsWith('PR(')) return [0, 100];
  const [low, high] = METRIC_CATALOGUE[namespace]?.[name]?.range ?? OWN_RANGES[name] ?? AMOUNTS;
  return statistic === 'Sum' || statistic === 'SampleCount' ? [Math.min(low, 0), AMOUNTS[1]] : [low, high];
}

/** Of one metric, no mean is above its maximum and none below its minimum. */
function isPossible(groups: readonly Group[], levels: Levels): boolean {
  const order = ['Minimum', 'Average', 'Maximum'];
  const metrics = groups.flatMap(([metric]) => metric ?? []);
  return metrics.every((one) =>
    metrics.every((other) => {
      if (seriesKey({ ...one, statistic: '' }) !== seriesKey({ ...other, statistic: '' })) return true;
      const [low, high] = [levels.get(seriesKey(one)), levels.get(seriesKey(other))];
      const sorted = order.indexOf(one.statistic) < order.indexOf(other.statistic) && order.includes(one.statistic);
      return !sorted || low === undefined || high === undefined || low <= high;
    }),
  );
}

function numbersOf(query: WatchedAlarm['definition']['queries'][number]): number[] {
  return 'expression' in query ? literals(parseMetricMath(query.expression)) : [];
}

function literals(expression: Expression): number[] {
  switch (expression.kind) {
    case 'number':
      return [expression.value];
    case 'negate':
      return literals(expression.operand);
    case 'binary':
      return [...literals(expression.left), ...literals(expression.right)];
    case 'list':
      return expression.items.flatMap(literals);
    case 'call':
      return expression.args.flatMap(literals);
    default:
      return [];
  }
}
