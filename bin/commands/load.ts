import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { ENVIRONMENTS } from '../../lib/config';
import { judge } from '../../test/load/judge';
import { runOpenLoop } from '../../test/load/open-loop';
import { type LoadProfile, profiles, within } from '../../test/load/profiles';
import { requestMix } from '../../test/load/request-mix';
import { compareWith, printChanges, readBaseline } from '../load/baseline';
import { basisOf, limitsOf } from '../load/objectives';
import { printLoad } from '../load/print-load';
import { CheckFailedError, UsageError } from '../shared/errors';
import { environmentsNamed } from '../shared/synthesis';

interface Options {
  readonly url: string;
  readonly environment: string;
  readonly minutes?: number;
  readonly rate?: number;
  readonly connections?: number;
  readonly seed: number;
  readonly out: string;
  readonly baseline?: string;
  readonly json: boolean;
}

const TIMEOUT_SECONDS = 30;

/** `npm run load -- <profile>`: an open-loop load test, judged by the objectives of an environment. */
export function loadCommand(): Command {
  const names = profiles.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`).join('\n');
  return new Command('load')
    .description('send the traffic of a profile to a running service and judge its answers by the objectives')
    .argument('<profile>', `one of ${profiles.map(({ name }) => name).join(', ')}`)
    .requiredOption('--url <url>', 'the service or its load balancer; `npm run local` prints one')
    .option(
      '-e, --environment <name>',
      `whose objectives: ${ENVIRONMENTS.map(({ name }) => name).join(', ')}`,
      'production',
    )
    .option('--minutes <number>', 'the same shape in less (or more) time', positive)
    .option('--rate <number>', "requests per second to take for today's load and for the users", positive)
    .option('--connections <number>', 'kept-alive connections, instead of those of the profile', positive)
    .option('--seed <number>', 'equal seeds send the same requests at the same times', positive, 1)
    .option('--out <file>', 'where the result goes; the rehearsal calibrates from it', 'load-result.json')
    .option('--baseline <file>', 'result of an earlier run of the same profile and seed; fails when it was faster')
    .option('--json', 'print the result as JSON', false)
    .addHelpText('after', `\nProfiles:\n${names}`)
    .action(run);
}

async function run(name: string, options: Options): Promise<void> {
  const profile = profileNamed(name);
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
  const environment = environmentsNamed([options.environment])[0] ?? ENVIRONMENTS[0];
  if (environment === undefined) throw new UsageError('there is no environment to take objectives from');
  const target = targetOf(options.url);
  const basis = basisOf(environment.objectives, options.rate);
  const stages = profile.stages(basis);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());

  const result = await runOpenLoop({
    profile: profile.name,
    target,
    stages: options.minutes === undefined ? stages : within(stages, options.minutes * 60),
    connections: options.connections ?? profile.connections(basis),
    kinds: requestMix,
    seed: options.seed,
    timeoutSeconds: TIMEOUT_SECONDS,
    signal: stop.signal,
    progress: (second, sent) => process.stderr.write(`\r${second} s, ${sent} requests sent `),
  }).catch((error: Error) => {
    throw new UsageError(`--url ${target} cannot be load-tested (${error.message}); is it running? try: npm run local`);
  });
  process.stderr.write('\n');

  const verdicts = judge(result, limitsOf(environment.objectives));
  const changes = baseline && compareWith(baseline, options.baseline ?? '', result);
  const report = { ...result, environment: environment.name, verdicts, ...(changes && { changes }) };
  writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(
    options.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : printLoad(result, verdicts, options.out) + (changes === undefined ? '' : printChanges(changes)),
  );
  const missed = [
    ...verdicts.filter(({ met }) => !met).map(({ objective }) => objective),
    ...(changes ?? [])
      .filter(({ verdict }) => verdict === 'worse')
      .map(({ quantile }) => `${quantile} of the baseline`),
  ];
  if (missed.length > 0) throw new CheckFailedError(`objectives missed: ${missed.join(', ')}`);
}

function profileNamed(name: string): LoadProfile {
  const profile = profiles.find((candidate) => candidate.name === name);
  if (profile !== undefined) return profile;
  throw new UsageError(
    `no load profile is named '${name}'; there are ${profiles.map((known) => known.name).join(', ')}`,
  );
}

/** The origin of `url`: paths are those of the request mix. */
function targetOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'http:' && parsed.port !== '') return parsed.origin;
  throw new UsageError(`--url must look like http://127.0.0.1:8080, with a port and without TLS, got '${url}'`);
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('must be a number greater than 0.');
}
