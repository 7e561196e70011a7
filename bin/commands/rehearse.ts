import { Command, Option } from 'commander';
import {
  CalibrationError,
  FORECAST_MODELS,
  ObjectivesError,
  ScheduleError,
  TemplateError,
  TraceError,
} from '../../analysis/rehearsal';
import { InvalidAssemblyError } from '../../analysis/template';
import { runComparison } from '../rehearse/comparison';
import { runFunction } from '../rehearse/function';
import { positive, positiveInteger, type RehearseOptions, share, wholeNumber } from '../rehearse/options';
import { startPlayers } from '../rehearse/play-chosen';
import { runRehearsal } from '../rehearse/rehearsal';
import { configOf, rehearsedAssembly, subjectIn } from '../rehearse/subject';
import { chosenScenarios } from '../rehearse/traffics';
import { UsageError } from '../shared/errors';

const EXAMPLES = `
Examples:
  npm run rehearse -- --environment production --html rehearsal.html
  npm run rehearse -- --assembly other/cdk.out --capacity 80 --trace requests.csv --peak 900
  npm run rehearse -- --compare peers --trace nab_elb_request_count_5min --peak 700 --hours 48 --seeds 3
  npm run rehearse -- --scenario spike-5x --sensitivity
  npm run rehearse -- --function api --duration 40 --scenario users-1000
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
    .option('--function <name>', 'a function instead of a service: its reserved and provisioned concurrency')
    .option('--duration <ms>', 'mean time of a call of the function', positive)
    .option('--cold-start <ms>', 'mean time that starting the function adds', positive)
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
    .addOption(
      new Option('--forecast <model>', 'what stands in for the forecast of predictive scaling')
        .choices(FORECAST_MODELS)
        .default(FORECAST_MODELS[0]),
    )
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
  const rehearsed = rehearsedAssembly(options);
  const { assembly, objectives } = rehearsed;
  const chosen = chosenScenarios(options, objectives);
  const { function: name } = options;
  if (name !== undefined) {
    const account = configOf(options)?.functions.accountConcurrency;
    runFunction({ ...options, function: name }, assembly, objectives, chosen, account);
    return;
  }
  const subject = subjectIn(rehearsed, options);
  const players = startPlayers(options.workers);
  try {
    if (options.compare.length > 0 || options.tune) await runComparison(options, subject, chosen, players);
    else await runRehearsal(options, subject, chosen, players);
  } finally {
    await players.stop();
  }
}
