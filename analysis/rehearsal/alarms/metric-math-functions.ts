import type { Datapoints } from './alarm-state';

/**
 * What a missing datapoint is to an operation whose other side has one. CloudWatch documents a zero; users also report
 * that the result is missing.
 */
export type MissingInMath = 'zero' | 'missing';

const truth = (condition: boolean): number => (condition ? 1 : 0);

/** Binary operators by their sign; `&&` and `||` are AND and OR. */
export const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '==': (left, right) => truth(left === right),
  '!=': (left, right) => truth(left !== right),
  '<': (left, right) => truth(left < right),
  '<=': (left, right) => truth(left <= right),
  '>': (left, right) => truth(left > right),
  '>=': (left, right) => truth(left >= right),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  '&&': (left, right) => truth(left !== 0 && right !== 0),
  OR: (left, right) => truth(left !== 0 || right !== 0),
  '||': (left, right) => truth(left !== 0 || right !== 0),
};

const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Functions that make one number of several. */
export const AGGREGATES: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: add,
  AVG: (values) => add(values) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

/** Functions of one number. */
export const UNARY: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

/** `points` with every gap filled, the newest one that is only late included. */
export function filledBy(points: Datapoints, by: number | Datapoints | 'REPEAT' | 'LINEAR'): Datapoints {
  if (typeof by === 'number') return points.map((point) => point ?? by);
  if (by === 'LINEAR') return points.map((point, at) => point ?? interpolated(points, at));
  if (by !== 'REPEAT') return points.map((point, at) => point ?? by[at]);
  let last: number | undefined;
  return points.map((point) => {
    last = point ?? last;
    return last;
  });
}

function interpolated(points: Datapoints, at: number): number | undefined {
  const after = points.findIndex((point, index) => index > at && point !== undefined);
  const before = points.findLastIndex((point, index) => index < at && point !== undefined);
  const from = points[before];
  const to = points[after];
  if (from === undefined || to === undefined) return undefined;
  return from + ((to - from) * (at - before)) / (after - before);
}

/** Each datapoint less the one before it, however long ago that was, per `secondsPerPeriod` (0: the plain difference). */
export function changes(points: Datapoints, secondsPerPeriod: number): Datapoints {
  return points.map((point, at) => {
    const before = points.findLastIndex((other, index) => index < at && other !== undefined);
    const previous = points[before];
    if (point === undefined || previous === undefined) return undefined;
    return (point - previous) / (secondsPerPeriod === 0 ? 1 : secondsPerPeriod * (at - before));
  });
}
