import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import {
  CalibrationError,
  growthPlan,
  ObjectivesError,
  Players,
  planOf,
  rehearsalHtml,
  rehearsalMarkdown,
  rehearse,
  type Scenario,
  ScheduleError,
  type SensitivityRow,
  seedsUpTo,
  sensitivityOf,
  TemplateError,
  TraceError,
  usableShareOf,
} from '../../analysis/rehearsal';
import { InvalidAssemblyError } from '../../analysis/template';
import { applicationOf } from '../rehearse/application';
import { runComparison } from '../rehearse/comparison';
import { positive, positiveInteger, type RehearseOptions, share, wholeNumber } from '../rehearse/options';
import { printPlan, printReport } from '../rehearse/print';
import { type Subject, subjectOf } from '../rehearse/subject';
import { chosenScenarios } from '../rehearse/traffics';
import { CheckFailedError, UsageError } from '../shared/errors';

const EXAMPLES = `
Examples:
  npm run rehearse -- --environment production --html rehearsal.html
  npm run rehearse -- --assembly other/cdk.out --capacity 80 --trace requests.csv --peak 900
  npm run rehearse -- --compare peers --trace nab_elb_request_count_5min --peak 700 --hours 48 --seeds 3
  npm run rehearse -- --scenario spike-5x --sensitivity
  npm run rehearse -- --scenario endurance-24h --plan --monthly-growth 0.08

A trace is CSV with the columns timestamp_s,requests: seconds from the first bin, requests of the whole bin.`;

/** What is wrong with what the user gave. */
const INPUT_ERRORS = [
  TraceError,
  TemplateError,
  ObjectivesError,
  CalibrationError,
  ScheduleError,
  InvalidAssemblyError,
];

/** `npm run rehearse`: traffic through the synthesized scaling policies. */
export function rehearseCommand(): Command {
  return new Command('rehearse')
    .description('play traffic through the scaling policies of the platform, or of any assembly or template')
    .option('-e, --environment <name>', 'the environment (default: production)')
    .option(
      '-a, --assembly <path>',
      'a cdk.out directory, a template or a git ref (default: the platform, synthesized now)',
    )
    .option('--service <name>', 'part of the path of the service, where there are several')
    .option('-s, --scenario <name...>', 'only these scenarios (default: all)', [])
    .option('-t, --trace <file...>', 'traffic from files or directories; a bare name is a bundled trace', [])
    .option('--peak <rps>', 'scale traces so that their highest minute has this many requests per second', positive)
    .option('--scale <factor>', 'multiply the traces', positive)
    .option('--speed <factor>', 'play the traces this much faster, at the same rates', positive)
    .option('--from <hour>', 'begin the traces at this hour', positive)
    .option('--hours <number>', 'only so many hours of the traces', positive)
    .option('--seeds <number>', 'how many times everything is played', positiveInteger, 20)
    .option('--workers <number>', 'cores to use; 0 plays in this process', wholeNumber, 2)
    .option('--capacity <rps>', "requests per second that saturate one task (default: the environment's)", positive)
    .option('--load-result <file>', 'calibrate the service from what `npm run load` wrote')
    .option('--objectives <file>', 'JSON with the objectives (default: those in the template)')
    .option('--hit-ratio <share>', 'share of the requests that the cache answers', share)
    .option(
      '--key-trace <file>',
      'CSV with the column key: hit ratio of the cache, and how it warms up (default: objective, and a bundled trace)',
    )
    .option('--cached-share <share>', 'share of the keys of the trace that the cache holds', share, 0.5)
    .option('--cache-ttl <accesses>', 'accesses for which a cached key of the trace lives', positiveInteger)
    .option('--max <tasks>', 'another maximum of tasks than in the template', positiveInteger)
    .option('--sensitivity', 'move every parameter that AWS does not document, one at a time', false)
    .option('--compare <policies...>', '`peers`, or another assembly, template or git ref, on the same traffic', [])
    .option('--keep <file>', 'keep what --compare has played, and go on there when it is interrupted')
    .option('--tune', 'search targets and thresholds for the Pareto front of bad minutes against task-hours', false)
    .option('--plan', 'when growth hits which ceiling', false)
    .option('--monthly-growth <share>', 'growth of the load per month, for --plan', share, 0.1)
    .option('--json', 'print everything as JSON', false)
    .option('--markdown <file>', 'write a report for a pull request')
    .option('--html <file>', 'write a page with plots that works offline')
    .addHelpText('after', EXAMPLES)
    .action(async (options: RehearseOptions) => {
      try {
        await run(options);
      } catch (error) {
        if (error instanceof Error && INPUT_ERRORS.some((known) => error instanceof known))
          throw new UsageError(error.message);
        throw error;
      }
    });
}

async function run(options: RehearseOptions): Promise<void> {
  const subject = subjectOf(options);
  const chosen = chosenScenarios(options, subject.objectives);
  const players = new Players(options.workers, path.join(__dirname, '..', 'analysis', 'rehearsal-worker.js'));
  try {
    if (options.compare.length > 0 || options.tune) await runComparison(options, subject, chosen, players);
    else await runRehearsal(options, subject, chosen, players);
  } finally {
    await players.stop();
  }
}

async function runRehearsal(
  options: RehearseOptions,
  subject: Subject,
  chosen: readonly Scenario[],
  players: Players,
): Promise<void> {
  const application = applicationOf(options, subject);
  const seeds = seedsUpTo(options.seeds);
  const progress = (text: string) => process.stderr.write(`  ${text}\n`);
  const report = await rehearse({ ...subject, application }, chosen, players, seeds, progress);
  const sensitivity: SensitivityRow[] = [];
  if (options.sensitivity) {
    for (const scenario of chosen) {
      const plan = planOf(subject.model, application, subject.objectives, scenario);
      const rows = await sensitivityOf(plan, subject.objectives, players, seeds, progress);
      sensitivity.push(...rows.map((row) => ({ ...row, label: `${scenario.name}: ${row.label}` })));
    }
  }
  const ceilings = options.plan
    ? growthPlan(limitsOf(options, subject, usableShareOf(report.rehearsals, subject.taskCapacityRps)))
    : [];
  if (options.markdown !== undefined) writeFileSync(options.markdown, rehearsalMarkdown(report, sensitivity));
  if (options.html !== undefined) writeFileSync(options.html, rehearsalHtml(report, sensitivity));
  const text = options.json
    ? JSON.stringify({ ...report, sensitivity, ceilings }, null, 2)
    : printReport(report, sensitivity);
  process.stdout.write(`${text}\n${options.plan && !options.json ? `${printPlan(ceilings)}\n` : ''}`);
  const failed = report.rehearsals.filter(({ verdict }) => !verdict.holds).map(({ scenario }) => scenario.name);
  if (failed.length > 0) throw new CheckFailedError(`objectives do not hold in ${failed.join(', ')}`);
}

function limitsOf(
  { hitRatio, monthlyGrowth }: RehearseOptions,
  { model, objectives, taskCapacityRps }: Subject,
  usableShare: number,
) {
  return {
    maxTasks: model.scaling.maxCapacity,
    taskCapacityRps,
    usableShare,
    maxReaders: model.readers?.scaling.maxCapacity,
    // Two queries of 5 ms at once, as the application's model has it.
    readerCapacity: 400,
    hitRatio: hitRatio ?? objectives.cacheHitRatioFrequent,
    peakRps: (objectives.requestsPerHour / 3600) * objectives.peakToMean,
    spikeFactor: objectives.spikeFactor / objectives.peakToMean,
    monthlyGrowth,
  };
}
