import type { Datapoints } from './alarm-state';
import { AGGREGATES, changes, filledBy, type MissingInMath, OPERATORS, UNARY } from './metric-math-functions';
import { type Expression, MetricMathError } from './metric-math-parser';

/** A series over the evaluation range, or one number for all of it. */
type Value = number | Datapoints;
/** Several series, such as `[m1, m2]` and `METRICS()`. */
interface SeriesList {
  readonly list: readonly Datapoints[];
}
type Operand = Value | SeriesList | string;

/** What an expression may refer to. */
export interface MetricScope {
  /** Series by query id; all of the same length. */
  readonly series: ReadonlyMap<string, Datapoints>;
  /** Ids of the fetched metrics, which `METRICS()` returns. */
  readonly metrics: readonly string[];
  readonly periodSeconds: number;
  /** Length of every series. */
  readonly length: number;
  /** @default 'zero', as documented */
  readonly missing?: MissingInMath;
}

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
 * The series of an expression. Where one side of an operation has no datapoint it counts as zero, where both have none
 * there is no result, and a division by zero has none either; `SUM`, `MIN` and `MAX` over an array skip what is missing,
 * `AVG` counts it as zero; `FILL` fills every gap, the newest late one included.
 * Source: "Using math expressions with CloudWatch metrics", whose examples are the tests of this function.
 *
 * @throws {MetricMathError} for an unknown name, a wrong argument or a function that is not evaluated
 */
export function evaluateMetricMath(expression: Expression, scope: MetricScope): Datapoints {
  return series(toValue(expression, scope), scope);
}

function toValue(expression: Expression, scope: MetricScope): Value {
  return asValue(evaluate(expression, scope));
}

function asValue(operand: Operand): Value {
  if (typeof operand === 'string') throw new MetricMathError(`a text ("${operand}") cannot stand for a series`);
  if (isList(operand)) throw new MetricMathError('an array of series needs SUM, AVG, MIN or MAX around it');
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
      return { list: expression.items.flatMap((item) => listed(evaluate(item, scope), scope)) };
    case 'negate':
      return each(evaluate(expression.operand, scope), (value) => map(value, (number) => -number));
    case 'binary':
      return binary(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope), scope);
    case 'call':
      return call(expression.name, expression.args, scope);
  }
}

function named(name: string, scope: MetricScope): Operand {
  const found = scope.series.get(name);
  if (found !== undefined) return found;
  if (name === 'REPEAT' || name === 'LINEAR') return name;
  throw new MetricMathError(`'${name}' is no metric of the alarm; it has ${[...scope.series.keys()].join(', ')}`);
}

function call(name: string, args: readonly Expression[], scope: MetricScope): Operand {
  const aggregate = AGGREGATES[name];
  if (aggregate !== undefined) return aggregated(name, argument(name, args, 0, scope), aggregate, scope);
  const unary = UNARY[name];
  if (unary !== undefined) return each(argument(name, args, 0, scope), (value) => map(value, unary));
  const first = () => argument(name, args, 0, scope);
  switch (name) {
    case 'PERIOD':
      return scope.periodSeconds;
    case 'METRICS':
      return fetched(args[0], scope);
    case 'FILL': {
      const by = filler(argument(name, args, 1, scope));
      return each(first(), (value) => filledBy(series(value, scope), by));
    }
    case 'IF':
      return choose(asValue(first()), asValue(argument(name, args, 1, scope)), args[2], scope);
    case 'DIFF':
      return each(first(), (value) => changes(series(value, scope), 0));
    case 'RATE':
      return each(first(), (value) => changes(series(value, scope), scope.periodSeconds));
    default:
      throw new MetricMathError(`${name} is not evaluated: ${NOT_EVALUATED[name] ?? 'unknown function'}`);
  }
}

function argument(name: string, args: readonly Expression[], index: number, scope: MetricScope): Operand {
  const arg = args[index];
  if (arg === undefined) throw new MetricMathError(`${name} needs ${index + 1} arguments, got ${args.length}`);
  return evaluate(arg, scope);
}

function series(value: Value, scope: MetricScope): Datapoints {
  return typeof value === 'number' ? new Array<number | undefined>(scope.length).fill(finite(value)) : value;
}

function isList(operand: Operand): operand is SeriesList {
  return typeof operand === 'object' && 'list' in operand;
}

function listed(operand: Operand, scope: MetricScope): readonly Datapoints[] {
  return isList(operand) ? operand.list : [series(asValue(operand), scope)];
}

/** `change` of a series, or of every series of an array. */
function each(operand: Operand, change: (value: Value) => Value): Operand {
  if (!isList(operand)) return change(asValue(operand));
  return { list: operand.list.map((one) => change(one) as Datapoints) };
}

/** Over an array: at each time across the series. Over one series: one number for all of it. */
function aggregated(
  name: string,
  operand: Operand,
  aggregate: (values: readonly number[]) => number,
  scope: MetricScope,
): Value {
  if (typeof operand === 'string') throw new MetricMathError(`cannot aggregate the text "${operand}"`);
  if (typeof operand === 'number') return operand;
  const missing = name === 'AVG' && scope.missing !== 'missing' ? 0 : undefined;
  if (isList(operand)) {
    return Array.from({ length: scope.length }, (_, at) =>
      ofPresent(
        operand.list.map((one) => one[at]),
        aggregate,
        missing,
      ),
    );
  }
  return ofPresent(operand, aggregate, undefined) ?? new Array<undefined>(scope.length).fill(undefined);
}

/** The aggregate of what is there, gaps counting as `missing`; nothing where nothing is there. */
function ofPresent(
  values: Datapoints,
  aggregate: (values: readonly number[]) => number,
  missing: number | undefined,
): number | undefined {
  if (values.every((value) => value === undefined)) return undefined;
  return aggregate(values.map((value) => value ?? missing).filter((value) => value !== undefined));
}

function fetched(filter: Expression | undefined, scope: MetricScope): SeriesList {
  const wanted = filter?.kind === 'text' ? filter.value : '';
  return { list: scope.metrics.filter((id) => id.includes(wanted)).map((id) => scope.series.get(id) ?? []) };
}

function map(value: Value, change: (value: number) => number): Value {
  if (typeof value === 'number') return change(value);
  return value.map((point) => (point === undefined ? undefined : finite(change(point))));
}

/** A division by zero is dropped. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function binary(sign: string, left: Operand, right: Operand, scope: MetricScope): Operand {
  const operator = OPERATORS[sign];
  if (operator === undefined) throw new MetricMathError(`unknown operator '${sign}'`);
  if (isList(left) && isList(right)) {
    return {
      list: left.list.map((one, index) => combine(one, right.list[index] ?? [], operator, scope) as Datapoints),
    };
  }
  if (isList(left)) return each(left, (value) => combine(value, asValue(right), operator, scope));
  return each(right, (value) => combine(asValue(left), value, operator, scope));
}

function combine(
  left: Value,
  right: Value,
  operator: (left: number, right: number) => number,
  { missing = 'zero' }: MetricScope,
): Value {
  if (typeof left === 'number') return map(right, (value) => operator(left, value));
  if (typeof right === 'number') return map(left, (value) => operator(value, right));
  return left.map((point, at) => {
    const other = right[at];
    if (point === undefined && other === undefined) return undefined;
    if (missing === 'missing' && (point === undefined || other === undefined)) return undefined;
    return finite(operator(point ?? 0, other ?? 0));
  });
}

/**
 * Where the condition has no datapoint neither has the result, except that a number for "otherwise" stands for it where
 * `yes` has one; where the condition holds and `yes` has none, the result is zero.
 */
function choose(condition: Value, yes: Value, otherwise: Expression | undefined, scope: MetricScope): Datapoints {
  const no = otherwise === undefined ? undefined : toValue(otherwise, scope);
  const at = (value: Value | undefined, index: number) => (typeof value === 'object' ? value[index] : value);
  const isDocumented = scope.missing !== 'missing';
  return Array.from({ length: scope.length }, (_, index) => {
    const point = at(condition, index);
    const chosen = at(yes, index);
    if (point === undefined) {
      const standsIn = isDocumented && typeof no === 'number' && typeof yes === 'object' && chosen !== undefined;
      return standsIn ? no : undefined;
    }
    if (point === 0) return at(no, index);
    return chosen ?? (isDocumented ? 0 : undefined);
  });
}

function filler(by: Operand): Parameters<typeof filledBy>[1] {
  if (by === 'REPEAT' || by === 'LINEAR' || typeof by === 'number') return by;
  if (typeof by === 'string' || isList(by))
    throw new MetricMathError('FILL fills with a number, a series, REPEAT or LINEAR');
  return by;
}
