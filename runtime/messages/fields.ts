/** What a field of a message may hold, and how to say so. */
export interface Field<T> {
  /** Completes "must be …". */
  readonly expects: string;
  accepts(value: unknown): value is T;
}

/** The fields of a message by name. Others may be there too: whoever sends may be newer than whoever reads. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a message with these fields holds. */
export type FieldValues<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

export const integer = (min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Field<number> => ({
  expects: `an integer from ${min} to ${max}`,
  accepts: (value): value is number => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
});

/** @param maxLength in UTF-16 code units, as JavaScript counts */
export const text = (maxLength: number, minLength = 1): Field<string> => ({
  expects: `a text of ${minLength} to ${maxLength} characters`,
  accepts: (value): value is string =>
    typeof value === 'string' && value.length >= minLength && value.length <= maxLength,
});

export const oneOf = <const T extends string>(...values: readonly T[]): Field<T> => ({
  expects: `one of ${values.join(', ')}`,
  accepts: (value): value is T => values.some((known) => known === value),
});

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const uuid: Field<string> = {
  expects: 'a UUID',
  accepts: (value): value is string => typeof value === 'string' && UUID.test(value),
};

/** A moment in UTC, as `Date.toISOString` writes it. */
export const moment: Field<string> = {
  expects: 'a moment such as 2026-01-31T12:00:00.000Z',
  accepts: (value): value is string =>
    typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value,
};

export const listOf = <T>(field: Field<T>, maxLength: number): Field<readonly T[]> => ({
  expects: `a list of at most ${maxLength}, each ${field.expects}`,
  accepts: (value): value is readonly T[] =>
    Array.isArray(value) && value.length <= maxLength && value.every((each) => field.accepts(each)),
});

/**
 * Every problem of `value`, each with the path of the field; none when it has all `fields`.
 *
 * @param path what `value` is called in the problems
 */
export function problemsOf(fields: Fields, value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [`\`${path}\` must be an object, got ${shown(value)}`];
  const values: Readonly<Record<string, unknown>> = { ...value };
  return Object.entries(fields).flatMap(([name, field]) =>
    field.accepts(values[name]) ? [] : [`\`${path}.${name}\` must be ${field.expects}, got ${shown(values[name])}`],
  );
}

/** Whether `value` has all `fields`. */
export const matches = <F extends Fields>(fields: F, value: unknown): value is FieldValues<F> =>
  problemsOf(fields, value, '').length === 0;

/** A value in a message: short, because it goes to logs. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
