import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Command, InvalidArgumentError } from 'commander';
import { ENVIRONMENTS } from '../../lib/config';
import { runDeployed } from '../drill/deployed-program';
import type { Drill, DrillFindings, TimelineEntry } from '../drill/drill';
import { DRILLS } from '../drill/drills';
import { type Evidence, evidenceMarkdown, evidenceOf } from '../drill/verdict';
import { CheckFailedError, UsageError } from '../shared/errors';
import { environmentsNamed } from '../shared/synthesis';
import { renderTable } from '../shared/table';

interface Options {
  readonly local: boolean;
  readonly environment: string;
  readonly repeat: number;
  readonly stateMachine?: string;
  readonly approvedBy?: string;
  readonly since?: string;
  readonly out: string;
  readonly json: boolean;
}

/** Drills that the failover program plays in the account, and how. */
const DEPLOYED = { 'region-switch': 'graceful', 'region-lost': 'ungraceful' } as const;

/** `npm run drill -- <drill>`: a rehearsed disaster, on this machine or in the account. */
export function drillCommand(): Command {
  const names = DRILLS.map(({ name, description }) => `  ${name.padEnd(17)} ${description}`).join('\n');
  return new Command('drill')
    .description('rehearse a disaster and hold what it took against the objectives')
    .argument('<drill>', `one of ${DRILLS.map(({ name }) => name).join(', ')}`)
    .option('--local', 'on this machine, with real databases', false)
    .option(
      '-e, --environment <name>',
      `whose objectives: ${ENVIRONMENTS.map(({ name }) => name).join(', ')}`,
      'production',
    )
    .option('--repeat <times>', 'so many times, each with other moments; only with --local', positiveInteger, 1)
    .option('--state-machine <arn>', 'the failover program of the account; needed without --local')
    .option('--approved-by <name>', 'who answers for it; without, the program asks the operators')
    .option('--since <time>', 'when the region was lost, ISO 8601 (default: now)')
    .option('--out <folder>', 'where the evidence goes', 'reports/drills')
    .option('--json', 'print the evidence as JSON', false)
    .addHelpText(
      'after',
      `\nDrills:\n${names}\n\nWithout --local ${Object.keys(DEPLOYED).join(' and ')} run in the account.`,
    )
    .action(run);
}

async function run(name: string, options: Options): Promise<void> {
  const drill = drillNamed(name);
  const [environment] = environmentsNamed([options.environment]);
  if (environment === undefined) throw new UsageError('there is no environment to take objectives from');
  const place = options.local ? 'this machine' : placeOf(drill, options);
  const results: Evidence[] = [];
  for (let turn = 1; turn <= options.repeat; turn++) {
    const startedAt = new Date();
    const timeline: TimelineEntry[] = [];
    const tell = (what: string) => {
      timeline.push({ at: Date.now(), what });
      process.stderr.write(`${((Date.now() - startedAt.getTime()) / 1000).toFixed(1).padStart(6)} s  ${what}\n`);
    };
    const findings = options.local
      ? await drill.local({ tell, random: Math.random })
      : await inAccount(drill, place, options, tell);
    const about = { drill: name, place, timeline, startedAt: startedAt.toISOString() };
    const evidence = evidenceOf(about, findings, environment);
    results.push(evidence);
    keep(evidence, options.out);
  }
  process.stdout.write(options.json ? `${JSON.stringify(results, null, 2)}\n` : `${print(results)}\n`);
  const failed = results.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    const problems = [...new Set(failed.flatMap((evidence) => evidence.problems))];
    throw new CheckFailedError(`${failed.length} of ${results.length} drills failed: ${problems.join('; ')}`);
  }
}

function drillNamed(name: string): Drill {
  const drill = DRILLS.find((candidate) => candidate.name === name);
  if (drill !== undefined) return drill;
  throw new UsageError(`no drill is named '${name}'; there are ${DRILLS.map((known) => known.name).join(', ')}`);
}

/** The state machine that plays a drill. */
function placeOf({ name }: Drill, { stateMachine, repeat }: Options): string {
  if (!(name in DEPLOYED)) {
    throw new UsageError(
      `${name} runs with --local only; in the account the restore tests of the stack Recovery do it`,
    );
  }
  if (repeat > 1)
    throw new UsageError(`--repeat must be 1 without --local, got ${repeat}: each run moves the platform`);
  if (stateMachine?.startsWith('arn:') === true) return stateMachine;
  throw new UsageError(
    `--state-machine must be the ARN of the failover program, got '${stateMachine ?? ''}'; the stack Recovery has it, or add --local`,
  );
}

function inAccount(
  { name }: Drill,
  stateMachineArn: string,
  { approvedBy, since }: Options,
  tell: (what: string) => void,
): Promise<DrillFindings> {
  const [, , , region = ''] = stateMachineArn.split(':');
  const mode = name === 'region-lost' ? DEPLOYED['region-lost'] : DEPLOYED['region-switch'];
  return runDeployed({
    client: new SFNClient({ region }),
    stateMachineArn,
    mode,
    tell,
    poll: 5_000,
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(since === undefined ? {} : { since }),
  });
}

function keep(evidence: Evidence, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${evidence.drill}-${evidence.startedAt.replaceAll(/[:.]/gu, '-')}`);
  writeFileSync(`${file}.json`, `${JSON.stringify(evidence, null, 2)}\n`);
  writeFileSync(`${file}.md`, evidenceMarkdown(evidence));
}

function print(results: readonly Evidence[]): string {
  const rows = results.map((evidence) => [
    evidence.drill,
    evidence.passed ? 'passed' : 'failed',
    Number(evidence.recoverySeconds.toFixed(2)),
    Number(evidence.dataLossSeconds.toFixed(3)),
    evidence.measured['lost'] ?? '',
    evidence.measured['unshipped'] ?? '',
  ]);
  return renderTable(['drill', '', 'recovery s', 'data loss s', 'rows lost', 'not shipped'], rows);
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('must be a whole number greater than 0.');
}
