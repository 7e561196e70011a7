import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import {
  CostInputError,
  type EstimateOptions,
  type EstimateReport,
  estimate,
  estimateHtml,
  estimateMarkdown,
  perRequest,
  type Saving,
  savingsOf,
} from '../../analysis/cost';
import { type Assembly, InvalidAssemblyError } from '../../analysis/template';
import { compareCosts } from '../cost/compare-costs';
import { evidenceOf, type Given, usageGiven } from '../cost/given';
import { platformOr } from '../cost/platform-or';
import { printEstimate } from '../cost/print-estimate';
import { thresholdOf } from '../cost/threshold';
import { titleOf } from '../cost/title';
import { CheckFailedError, UsageError } from '../shared/errors';

interface Options extends Given {
  readonly environment?: string;
  readonly assembly?: string;
  readonly region?: string;
  readonly freeTier: boolean;
  readonly strict: boolean;
  readonly base?: string;
  readonly baseEnvironment?: string;
  readonly failAbove?: string;
  readonly savings: boolean;
  readonly lines: string;
  readonly json: boolean;
  readonly markdown?: string;
  readonly html?: string;
}

const EXAMPLES = `
Examples:
  npm run cost -- --environment production --savings
  npm run cost -- --assembly other/cdk.out --usage usage.yaml --strict
  npm run cost -- --environment production --base main --fail-above 50
  npm run cost -- --environment production --base-environment staging
  npm run cost -- --environment production --rehearsal rehearsal.json --savings

A usage file has { traffic: { requests: 1e8, … }, resources: { <address, construct path, logical id or type>: { <input>: <figure> } } };
a figure is a number, { low, expected, high }, or for load balancers a list of hourly numbers. docs/cost.md has every input.`;

/** `npm run cost`: what an assembly costs in a month, and what a change costs. */
export function costCommand(): Command {
  return new Command('cost')
    .description('estimate what the platform, or any cloud assembly or template, costs in a month')
    .option('-e, --environment <name>', 'only this environment (default: every one)')
    .option('-a, --assembly <path>', 'a cdk.out directory or a template (default: the platform, synthesized now)')
    .option('-u, --usage <file>', 'measured or simulated usage, YAML or JSON (default: documented assumptions)')
    .option('--rehearsal <file>', 'tasks and requests that `npm run --silent rehearse -- --json` printed')
    .option(
      '--scenario <name>',
      'which scenario of --rehearsal a month is like (default: the only one, or endurance-24h)',
    )
    .option('-r, --region <region>', "price every stack as if it were in this region (default: each stack's own)")
    .option('--free-tier', 'take off what AWS gives every account for nothing', false)
    .option('--strict', 'fail when a resource has no price', false)
    .option('-b, --base <source>', 'what to compare with: a cdk.out directory, a template or a git ref')
    .option('--base-environment <name>', 'compare with this environment (of --base, if given)')
    .option('--fail-above <limit>', 'fail when the change costs more: USD per month such as 50, or a share such as 5%')
    .option('--savings', 'what would make the bill smaller', false)
    .option('--reader-utilisation <share>', 'mean CPU of the database readers, 0 to 1, for --savings')
    .option('--cache-hit-ratio <share>', 'measured hit ratio of the cache, 0 to 1, for --savings')
    .option(
      '--utilisation <file>',
      'load of the tasks, YAML or JSON: { <service>: { cpuP95, memoryMax } }, for --savings',
    )
    .option('--cpu-p95 <share>', 'CPU that the tasks stay below in 95 % of the time, 0 to 1, for --savings')
    .option('--memory-max <share>', 'the most memory that the tasks used, 0 to 1, for --savings')
    .option('--lines <count>', 'how many lines to print, or all', '20')
    .option('--json', 'print everything as JSON', false)
    .option('--markdown <file>', 'write a report for a pull request')
    .option('--html <file>', 'write a page with a chart')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => {
      try {
        run(options);
      } catch (error) {
        if (error instanceof CostInputError || error instanceof InvalidAssemblyError)
          throw new UsageError(error.message);
        throw error;
      }
    });
}

function run(options: Options): void {
  const threshold = options.failAbove === undefined ? undefined : thresholdOf(options.failAbove);
  if (threshold !== undefined && options.base === undefined && options.baseEnvironment === undefined) {
    throw new UsageError('--fail-above needs something to compare with: give --base or --base-environment');
  }
  const usage = usageGiven(options);
  const settings: EstimateOptions = {
    ...(usage === undefined ? {} : { usage }),
    ...(options.region === undefined ? {} : { region: options.region }),
    freeTier: options.freeTier,
  };
  const whole = assemblyOf(options);
  if (options.base !== undefined || options.baseEnvironment !== undefined) {
    compareCosts(whole, options, settings, threshold);
    return;
  }
  const stages = options.environment === undefined ? whole.stages : [options.environment];
  const parts = stages.length === 0 ? [whole] : stages.map((stage) => whole.stage(stage));
  const reports = parts.map((part) => ({
    report: reportOf(part, settings),
    savings: options.savings ? savingsOf(part, settings, evidenceOf(options)) : [],
  }));
  write(reports, options);
  const unpriced = reports.reduce((sum, { report }) => sum + report.estimate.counts.unpriced, 0);
  if (options.strict && unpriced > 0)
    throw new CheckFailedError(`--strict: ${unpriced} resources are unpriced; see the report`);
}

function assemblyOf({ assembly, environment, baseEnvironment, region }: Options): Assembly {
  const names =
    environment === undefined ? [] : [environment, ...(baseEnvironment === undefined ? [] : [baseEnvironment])];
  return platformOr(assembly, names, region);
}

function reportOf(part: Assembly, settings: EstimateOptions): EstimateReport {
  const result = estimate(part, settings);
  return { title: titleOf(part), estimate: result, perRequest: perRequest(part, result, settings) };
}

function write(
  reports: readonly { readonly report: EstimateReport; readonly savings: readonly Saving[] }[],
  options: Options,
): void {
  const lines = options.lines === 'all' ? undefined : Number(options.lines);
  if (lines !== undefined && !(Number.isInteger(lines) && lines > 0)) {
    throw new UsageError(`--lines must be a whole number above 0, or all, got '${options.lines}'`);
  }
  const text = options.json
    ? JSON.stringify(reports, null, 2)
    : reports
        .map(({ report, savings }) => printEstimate(report, options.savings ? savings : undefined, lines))
        .join('\n\n');
  process.stdout.write(`${text}\n`);
  if (options.markdown !== undefined) {
    writeFileSync(
      options.markdown,
      `${reports.map(({ report, savings }) => estimateMarkdown(report, savings)).join('\n\n')}\n`,
    );
  }
  if (options.html !== undefined) writeFileSync(options.html, estimateHtml(reports));
}
