import { writeFileSync } from 'node:fs';
import {
  DEFAULT_FUNCTION_PARAMETERS,
  FUNCTION_HEAD,
  type FunctionInput,
  type FunctionModel,
  type FunctionRehearsal,
  functionAlternatives,
  functionRows,
  markdownTable,
  type RehearsalObjectives,
  readFunctions,
  rehearseFunction,
  type Scenario,
  seedsUpTo,
} from '../../analysis/rehearsal';
import type { Assembly } from '../../analysis/template';
import { CheckFailedError, UsageError } from '../shared/errors';
import { renderTable } from '../shared/table';
import { MONDAY } from './application';
import type { RehearseOptions } from './options';

/** What a call takes in an environment that runs, and what starting one adds, until somebody measures it. */
const DURATION_MS = 50;
const COLD_START_MS = 500;
/** Concurrent executions of an account whose quota nobody raised. */
const ACCOUNT_CONCURRENCY = 1000;

/**
 * Plays the traffic through one function, its reserved and its provisioned concurrency.
 *
 * @throws CheckFailedError when an objective does not hold
 */
export function runFunction(
  options: RehearseOptions & { readonly function: string },
  assembly: Assembly,
  objectives: RehearsalObjectives,
  chosen: readonly Scenario[],
  accountConcurrency: number = ACCOUNT_CONCURRENCY,
): void {
  const model = functionNamed(options.function, readFunctions(assembly));
  // A function has no zones, deployments or cache of its own.
  const scenarios = chosen.filter(({ faults }) => faults.length === 0);
  const lognormal = (meanMs: number) => ({ kind: 'lognormal', meanMs, cv: 1 }) as const;
  const input: Omit<FunctionInput, 'traffic' | 'burstiness'> = {
    model,
    accountConcurrency,
    duration: lognormal(options.duration ?? DURATION_MS),
    coldStart: lognormal(options.coldStart ?? COLD_START_MS),
    parameters: DEFAULT_FUNCTION_PARAMETERS,
    forecastModel: options.forecast,
    startEpochSeconds: MONDAY,
    slowMs: objectives.latencyP95Ms,
  };
  const seeds = seedsUpTo(options.seeds);
  const play = (parameters = input.parameters, label = '') =>
    scenarios.map((scenario) => {
      process.stderr.write(`  ${scenario.name} ${label}\n`);
      const played = rehearseFunction({ ...input, parameters }, scenario, objectives, seeds);
      return label === '' ? played : { ...played, name: `${scenario.name}: ${label}` };
    });
  const found = play();
  const moved = options.sensitivity
    ? functionAlternatives().flatMap(({ label, parameters }) => play(parameters, label))
    : [];
  print(options, model, [...found, ...moved], assumptionsOf(input));
  const failed = found.filter(({ verdict }) => !verdict.holds).map(({ name }) => name);
  if (failed.length > 0) throw new CheckFailedError(`objectives do not hold in ${failed.join(', ')}`);
}

function functionNamed(wanted: string, models: readonly FunctionModel[]): FunctionModel {
  const found = models.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
  const exact = found.find(({ name }) => name.split('/').at(-1)?.toLowerCase() === wanted.toLowerCase());
  const model = found.length === 1 ? found[0] : exact;
  if (model !== undefined) return model;
  const choice = (found.length > 0 ? found : models).map(({ name }) => name);
  throw new UsageError(
    choice.length === 0
      ? '--function: the assembly has no function'
      : `--function must name one of ${choice.join(', ')}, got ${wanted}`,
  );
}

function assumptionsOf({
  model,
  accountConcurrency,
  duration,
  coldStart,
}: Omit<FunctionInput, 'traffic' | 'burstiness'>) {
  const mean = (one: FunctionInput['duration']) => ('meanMs' in one ? one.meanMs : 0);
  return [
    `a call takes ${mean(duration)} ms and a cold start ${mean(coldStart)} ms more (lognormal, coefficient of variation 1); measure yours: --duration, --cold-start`,
    model.reserved === undefined
      ? `nobody else uses the account's ${accountConcurrency} concurrent executions`
      : `${model.reserved} executions are reserved, and are the most there are`,
    'every request of the traffic is one call',
  ];
}

function print(
  options: RehearseOptions,
  model: FunctionModel,
  rehearsals: readonly FunctionRehearsal[],
  assumptions: readonly string[],
): void {
  const rows = functionRows(rehearsals);
  const notes = [
    ...assumptions.map((text) => `assumed: ${text}`),
    ...model.notModelled.map((text) => `not modelled: ${text}`),
  ];
  if (options.markdown !== undefined) {
    const list = notes.map((note) => `- ${note}`).join('\n');
    writeFileSync(
      options.markdown,
      `# Rehearsal of ${model.name}\n\n${markdownTable(FUNCTION_HEAD, rows)}\n\n${list}\n`,
    );
  }
  const text = options.json
    ? JSON.stringify({ model, rehearsals, assumptions }, null, 2)
    : [`rehearsal of ${model.name}`, renderTable(FUNCTION_HEAD, rows), ...notes].join('\n');
  process.stdout.write(`${text}\n`);
}
