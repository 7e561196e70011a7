import { inspect } from 'node:util';
import { Duration } from 'aws-cdk-lib';

/** Problems with the value at `path`, each one sentence: the path, the rule, the value. */
export type Check = (value: unknown, path: string) => string[];

/** One check per field; the compiler insists that every field of `T` has one. */
export type Shape<T> = { readonly [K in keyof T]-?: Check };

const show = (value: unknown): string =>
  value instanceof Duration
    ? value.toHumanString()
    : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });

/** A check that holds or fails as a whole. */
export function must(rule: string, holds: (value: unknown) => boolean): Check {
  return (value, path) => {
    if (value === undefined) return [`\`${path}\` is missing; it must ${rule}`];
    return holds(value) ? [] : [`\`${path}\` must ${rule}, got ${show(value)}`];
  };
}

const within = (value: unknown, min: number, max: number): value is number =>
  typeof value === 'number' && value >= min && value <= max;

export const integer = (min: number, max: number): Check =>
  must(`be a whole number between ${min} and ${max}`, (value) => within(value, min, max) && Number.isInteger(value));

export const number = (min: number, max: number): Check =>
  must(`be a number between ${min} and ${max}`, (value) => within(value, min, max));

/** A share between 0 and 1, both excluded: objectives of nothing or of everything cannot be watched. */
export const share: Check = must(
  'be a share between 0 and 1, both excluded',
  (value) => typeof value === 'number' && value > 0 && value < 1,
);

export const boolean: Check = must('be true or false', (value) => typeof value === 'boolean');

export const text = (pattern: RegExp, like: string): Check =>
  must(`look like ${like}`, (value) => typeof value === 'string' && pattern.test(value));

export const oneOf = (...values: readonly (string | number)[]): Check =>
  must(`be one of ${values.join(', ')}`, (value) => values.some((allowed) => allowed === value));

/** A `Duration` between two others. */
export const duration = (min: Duration, max: Duration): Check =>
  must(
    `be a Duration between ${min.toHumanString()} and ${max.toHumanString()}`,
    (value) =>
      value instanceof Duration &&
      !value.isUnresolved() &&
      within(value.toMilliseconds(), min.toMilliseconds(), max.toMilliseconds()),
  );

/** One word, or what `check` accepts. */
export const wordOr =
  (word: string, check: Check): Check =>
  (value, path) =>
    value === word ? [] : check(value, path).map((problem) => `${problem} (or '${word}')`);

/** The literal `'none'`, or what `check` accepts. */
export const noneOr = (check: Check): Check => wordOr('none', check);

export const optional =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? [] : check(value, path);

/** What one of two checks accepts; when neither does, what `first` says. */
export const either =
  (first: Check, second: Check): Check =>
  (value, path) =>
    second(value, path).length === 0 ? [] : first(value, path);

/** A list of `min` to `max` different items. */
export const list =
  (check: Check, min: number, max: number): Check =>
  (value, path) => {
    const problems = must(`be a list of ${min} to ${max} items`, (items) => {
      return Array.isArray(items) && within(items.length, min, max);
    })(value, path);
    if (problems.length > 0 || !Array.isArray(value)) return problems;
    const repeated = new Set(value).size === value.length ? [] : [`\`${path}\` must not name an item twice`];
    return [...repeated, ...value.flatMap((item: unknown, index) => check(item, `${path}[${index}]`))];
  };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with exactly these fields. */
export const shape =
  <T>(fields: Shape<T>): Check =>
  (value, path) => {
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
    if (!isObject(value)) return must('be an object', isObject)(value, path || 'config');
    const known = Object.entries<Check>(fields);
    const unknown = Object.keys(value).filter((key) => known.every(([name]) => name !== key));
    return [
      ...known.flatMap(([key, check]) => check(value[key], at(key))),
      ...unknown.map(
        (key) => `\`${at(key)}\` is not a setting; the settings here are ${known.map(([k]) => k).join(', ')}`,
      ),
    ];
  };

/** One of several objects, told apart by their `kind`. */
export const variant =
  (kinds: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    const kind = isObject(value) ? value['kind'] : undefined;
    const check = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (check !== undefined) return check(value, path);
    if (!isObject(value)) return must('be an object with a `kind`', isObject)(value, path);
    return oneOf(...Object.keys(kinds))(kind, `${path}.kind`);
  };
