import { createHash, randomUUID } from 'node:crypto';
import compile, { type Expression } from 'jsonata';
import { StateError } from './state-error';

const EXPRESSION = /^\{%([\s\S]*)%\}$/u;

/**
 * What Step Functions adds to JSONata 2.0.6, and the one function that it takes away:
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
const FUNCTIONS: Readonly<Record<string, Parameters<Expression['registerFunction']>[1]>> = {
  partition: (list: readonly unknown[], size: number) =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size)),
  range: (first: number, last: number, step: number) =>
    Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step),
  hash: (text: string, algorithm: string) =>
    createHash(algorithm.toLowerCase().replace('-', '')).update(text).digest('hex'),
  uuid: () => randomUUID(),
  parse: (text: string) => JSON.parse(text) as unknown,
  eval: () => {
    throw new Error('$eval does not exist, use $parse');
  },
};

/**
 * `value` with every `{% expression %}` in it worked out.
 *
 * @param variables by their names without `$`
 * @throws StateError `States.QueryEvaluationError` when an expression fails or gives nothing
 */
export async function evaluate(value: unknown, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
  if (typeof value === 'string') {
    const expression = EXPRESSION.exec(value)?.[1];
    return expression === undefined ? value : query(expression, variables);
  }
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluate(item, variables)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([name, item]) => [name, await evaluate(item, variables)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function query(expression: string, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
  let result: unknown;
  try {
    result = await compiled(expression).evaluate(undefined, variables);
  } catch (error) {
    throw new StateError('States.QueryEvaluationError', `${expression.trim()}: ${messageOf(error)}`);
  }
  if (result === undefined) {
    throw new StateError('States.QueryEvaluationError', `${expression.trim()}: the expression gives nothing`);
  }
  // As JSON: JSONata marks its lists, and services get text.
  return JSON.parse(JSON.stringify(result)) as unknown;
}

/** Machines that are played often have few expressions. */
const known = new Map<string, Expression>();

function compiled(expression: string): Expression {
  const found = known.get(expression) ?? compile(expression);
  if (!known.has(expression)) {
    for (const [name, implementation] of Object.entries(FUNCTIONS)) found.registerFunction(name, implementation);
    known.set(expression, found);
  }
  return found;
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
