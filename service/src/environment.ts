/** One environment variable: how it is called, what it may be and what holds when it is absent. */
export type Row<Value> = Value extends number ? NumberRow : TextRow<Value> | RequiredRow | ChoiceRow<Value>;

interface TextRow<Value> {
  readonly variable: string;
  readonly kind: 'text';
  readonly default: Value;
}

interface RequiredRow {
  readonly variable: string;
  readonly kind: 'required';
  /** What the variable is, for the one who forgot it. */
  readonly what: string;
}

interface NumberRow {
  readonly variable: string;
  readonly kind: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

interface ChoiceRow<Value> {
  readonly variable: string;
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default: Value;
}

/** One row for each field of `Settings`. */
export type Rows<Settings> = { readonly [Field in keyof Settings]-?: Row<Settings[Field]> };

type AnyRow = NumberRow | ChoiceRow<unknown> | TextRow<unknown> | RequiredRow;

/** The environment does not describe a process that can run. Lists every problem, not only the first. */
export class InvalidEnvironmentError extends Error {
  public override readonly name = 'InvalidEnvironmentError';

  public constructor(public readonly problems: readonly string[]) {
    super(`invalid environment:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads every field of `Settings` from the environment by its row. An empty variable counts as absent, because that is
 * what a task definition or a shell leaves behind for "not set".
 *
 * @throws InvalidEnvironmentError with every problem: those of single variables, else those that `crossCheck` finds.
 */
export function readEnvironment<Settings extends object>(
  environment: NodeJS.ProcessEnv,
  rows: Rows<Settings>,
  crossCheck: (settings: Settings) => readonly string[] = () => [],
): Settings {
  const problems: string[] = [];
  const settings = Object.fromEntries(
    Object.entries<AnyRow>(rows).map(([field, row]) => {
      const text = environment[row.variable];
      const result = text === undefined || text === '' ? absent(row) : parse(row, text);
      if ('problem' in result) problems.push(result.problem);
      return [field, 'value' in result ? result.value : undefined];
    }),
  ) as Settings;
  if (problems.length === 0) problems.push(...crossCheck(settings));
  if (problems.length > 0) throw new InvalidEnvironmentError(problems);
  return settings;
}

type Result = { readonly value: unknown } | { readonly problem: string };

function absent(row: AnyRow): Result {
  if (row.kind === 'required') return { problem: `${row.variable} is not set: it must be ${row.what}` };
  return { value: row.default };
}

function parse(row: AnyRow, text: string): Result {
  if (row.kind === 'text' || row.kind === 'required') return { value: text };
  if (row.kind === 'choice') {
    if (row.choices.includes(text)) return { value: text };
    return { problem: `${row.variable} must be one of ${row.choices.join(', ')}, got '${text}'` };
  }
  const value = Number(text);
  const fits = row.kind === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
  if (text.trim() !== '' && fits && value >= row.min && value <= row.max) return { value };
  const kind = row.kind === 'integer' ? 'a whole number' : 'a number';
  return { problem: `${row.variable} must be ${kind} between ${row.min} and ${row.max}, got '${text}'` };
}
