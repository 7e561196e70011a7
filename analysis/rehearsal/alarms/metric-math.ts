import type { Datapoints } from './alarm-state';
import { type Expression, MetricMathError } from './metric-math-parser';

/** A series over the evaluation range, or one number for all of it. */
type Value = number | Datapoints;
type Operand = Value | readonly Datapoints[] | string;

/** What an expression may refer to. */
export interface MetricScope {
  /** Series by query id; all of the same length. */
  readonly series: ReadonlyMap<string, Datapoints>;
  /** Ids of the fetched metrics, which `METRICS()` returns. */
  readonly metrics: readonly string[];
  readonly periodSeconds: number;
  /** Length of every series. */
  readonly length: number;
}

const truth = (condition: boolean): number => (condition ? 1 : 0);

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
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
  OR: (left, right) => truth(left !== 0 || right !== 0),
};
const SYNONYMS: Readonly<Record<string, string>> = { '&&': 'AND', '||': 'OR' };

const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const AGGREGATES: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: add,
  AVG: (values) => add(values) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};
const UNARY: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

/** Functions that are known and deliberately not evaluated, with the reason that is reported. */
const NOT_EVALUATED: Readonly<Record<string, string>> = {
  ANOMALY_DETECTION_BAND: 'its model is trained by CloudWatch and not published',
  SEARCH: 'an alarm cannot use it',
};

/** Every function an expression may call. */
const METRIC_MATH_FUNCTIONS: readonly string[] = [
  ...Object.keys(AGGREGATES),
  ...Object.keys(UNARY),
  'DIFF',
  'FILL',
  'IF',
  'METRICS',
  'PERIOD',
  'RATE',
];

/** The functions of `expression` that the rehearsal cannot evaluate, each with its reason. */
export function unsupportedFunctions(expression: Expression): string[] {
  switch (expression.kind) {
    case 'call': {
      const reason = NOT_EVALUATED[expression.name] ?? 'it is not one of the functions the rehearsal knows';
      const own = METRIC_MATH_FUNCTIONS.includes(expression.name) ? [] : [`${expression.name}: ${reason}`];
      return [...own, ...expression.args.flatMap(unsupportedFunctions)];
    }
    case 'binary':
      return [...unsupportedFunctions(expression.left), ...unsupportedFunctions(expression.right)];
    case 'negate':
      return unsupportedFunctions(expression.operand);
    case 'list':
      return expression.items.flatMap(unsupportedFunctions);
    default:
      return [];
  }
}

/**
 * The series of an expression. An operation with a missing datapoint is missing; the aggregates over an array skip
 * missing ones; `FILL` fills every gap, the newest late one included, as CloudWatch does.
 * Source: "Using math expressions with CloudWatch metrics".
 *
 * @throws {MetricMathError} for an unknown name, a wrong argument or a function that is not evaluated
 */
export function evaluateMetricMath(expression: Expression, scope: MetricScope): Datapoints {
  const value = toValue(expression, scope);
  return typeof value === 'number' ? new Array<number>(scope.length).fill(value) : value;
}

function toValue(expression: Expression, scope: MetricScope): Value {
  const operand = evaluate(expression, scope);
  if (typeof operand === 'string') throw new MetricMathError(`a text ("${operand}") cannot stand for a series`);
  if (isSeriesList(operand)) throw new MetricMathError('an array of series needs SUM, AVG, MIN or MAX around it');
  return operand;
}

function evaluate(expression: Expression, scope: MetricScope): Operand {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'text':
      return expression.value;
    case 'name':
      return named(expression.name, scope);
    case 'list':
      return expression.items.map((item) => evaluateMetricMath(item, scope));
    case 'negate':
      return map(toValue(expression.operand, scope), (value) => -value);
    case 'binary': {
      const operator = OPERATORS[SYNONYMS[expression.operator] ?? expression.operator];
      if (operator === undefined) throw new MetricMathError(`unknown operator '${expression.operator}'`);
      return combine(toValue(expression.left, scope), toValue(expression.right, scope), operator);
    }
    case 'call':
      return call(expression.name, expression.args, scope);
  }
}

function named(name: string, scope: MetricScope): Operand {
  const series = scope.series.get(name);
  if (series !== undefined) return series;
  if (name === 'REPEAT' || name === 'LINEAR') return name;
  throw new MetricMathError(`'${name}' is no metric of the alarm; it has ${[...scope.series.keys()].join(', ')}`);
}

function call(name: string, args: readonly Expression[], scope: MetricScope): Operand {
  const aggregate = AGGREGATES[name];
  if (aggregate !== undefined) return aggregated(operandAt(name, args, 0, scope), aggregate, scope);
  const unary = UNARY[name];
  if (unary !== undefined) return map(argument(name, args, 0, scope), unary);
  switch (name) {
    case 'PERIOD':
      return scope.periodSeconds;
    case 'METRICS':
      return fetched(args[0], scope);
    case 'FILL':
      return fill(series(argument(name, args, 0, scope), scope), operandAt(name, args, 1, scope));
    case 'IF':
      return choose(argument(name, args, 0, scope), argument(name, args, 1, scope), args[2], scope);
    case 'DIFF':
      return differences(series(argument(name, args, 0, scope), scope), 1);
    case 'RATE':
      return differences(series(argument(name, args, 0, scope), scope), scope.periodSeconds);
    default:
      throw new MetricMathError(`${name} is not evaluated: ${NOT_EVALUATED[name] ?? 'unknown function'}`);
  }
}

function operandAt(name: string, args: readonly Expression[], index: number, scope: MetricScope): Operand {
  const arg = args[index];
  if (arg === undefined) throw new MetricMathError(`${name} needs ${index + 1} arguments, got ${args.length}`);
  return evaluate(arg, scope);
}

function argument(name: string, args: readonly Expression[], index: number, scope: MetricScope): Value {
  operandAt(name, args, index, scope);
  return toValue(args[index] as Expression, scope);
}

function series(value: Value, scope: MetricScope): Datapoints {
  return typeof value === 'number' ? new Array<number>(scope.length).fill(value) : value;
}

function isSeriesList(operand: Operand): operand is readonly Datapoints[] {
  return Array.isArray(operand) && operand.length > 0 && Array.isArray(operand[0]);
}

/** Over an array: at each time across the series. Over one series: one number for all of it. */
function aggregated(operand: Operand, aggregate: (values: readonly number[]) => number, scope: MetricScope): Value {
  if (typeof operand === 'string') throw new MetricMathError(`cannot aggregate the text "${operand}"`);
  if (typeof operand === 'number') return operand;
  if (isSeriesList(operand)) {
    return Array.from({ length: scope.length }, (_, at) =>
      ofPresent(
        operand.map((one) => one[at]),
        aggregate,
      ),
    );
  }
  const total = ofPresent(operand as Datapoints, aggregate);
  return total ?? new Array<undefined>(scope.length).fill(undefined);
}

function ofPresent(values: Datapoints, aggregate: (values: readonly number[]) => number): number | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === 0 ? undefined : aggregate(present);
}

function fetched(filter: Expression | undefined, scope: MetricScope): readonly Datapoints[] {
  const wanted = filter?.kind === 'text' ? filter.value : '';
  return scope.metrics.filter((id) => id.includes(wanted)).map((id) => scope.series.get(id) ?? []);
}

function map(value: Value, change: (value: number) => number): Value {
  if (typeof value === 'number') return change(value);
  return value.map((point) => (point === undefined ? undefined : change(point)));
}

function combine(left: Value, right: Value, operator: (left: number, right: number) => number): Value {
  if (typeof left === 'number') return map(right, (value) => operator(left, value));
  if (typeof right === 'number') return map(left, (value) => operator(value, right));
  return left.map((point, at) => {
    const other = right[at];
    return point === undefined || other === undefined ? undefined : operator(point, other);
  });
}

function choose(condition: Value, yes: Value, otherwise: Expression | undefined, scope: MetricScope): Datapoints {
  const no = otherwise === undefined ? undefined : series(toValue(otherwise, scope), scope);
  const whenTrue = series(yes, scope);
  return series(condition, scope).map((point, at) => {
    if (point === undefined) return undefined;
    return point === 0 ? no?.[at] : whenTrue[at];
  });
}

function fill(points: Datapoints, by: Operand): Datapoints {
  if (typeof by === 'number') return points.map((point) => point ?? by);
  if (by === 'REPEAT') {
    let last: number | undefined;
    return points.map((point) => {
      last = point ?? last;
      return last;
    });
  }
  if (by === 'LINEAR') return points.map((point, at) => point ?? interpolated(points, at));
  throw new MetricMathError('FILL fills with a number, REPEAT or LINEAR');
}

function interpolated(points: Datapoints, at: number): number | undefined {
  const after = points.findIndex((point, index) => index > at && point !== undefined);
  const before = points.findLastIndex((point, index) => index < at && point !== undefined);
  const from = points[before];
  const to = points[after];
  if (from === undefined || to === undefined) return undefined;
  return from + ((to - from) * (at - before)) / (after - before);
}

function differences(points: Datapoints, divisor: number): Datapoints {
  return points.map((point, at) => {
    const previous = at === 0 ? undefined : points[at - 1];
    return point === undefined || previous === undefined ? undefined : (point - previous) / divisor;
  });
}
