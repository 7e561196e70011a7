import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import {
  CostInputError,
  type EstimateOptions,
  type EstimateReport,
  estimate,
  estimateHtml,
  estimateMarkdown,
  perRequest,
  readUsage,
  type Saving,
  savingsOf,
} from '../../analysis/cost';
import { type Assembly, InvalidAssemblyError } from '../../analysis/template';
import { compareCosts } from '../cost/compare-costs';
import { printEstimate } from '../cost/print-estimate';
import { thresholdOf } from '../cost/threshold';
import { titleOf } from '../cost/title';
import { assemblyAt } from '../shared/assembly-at';
import { CheckFailedError, UsageError } from '../shared/errors';
import { environmentsNamed, synthesize } from '../shared/synthesis';

interface Options {
  readonly environment?: string;
  readonly assembly?: string;
  readonly usage?: string;
  readonly region?: string;
  readonly freeTier: boolean;
  readonly strict: boolean;
  readonly base?: string;
  readonly baseEnvironment?: string;
  readonly failAbove?: string;
  readonly savings: boolean;
  readonly readerUtilisation?: string;
  readonly cacheHitRatio?: string;
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

A usage file has { traffic: { requests: 1e8, … }, resources: { <address, construct path, logical id or type>: { <input>: <figure> } } };
a figure is a number, { low, expected, high }, or for load balancers a list of hourly numbers. docs/cost.md has every input.`;

/** `npm run cost`: what an assembly costs in a month, and what a change costs. */
export function costCommand(): Command {
  return new Command('cost')
    .description('estimate what the platform, or any cloud assembly or template, costs in a month')
    .option('-e, --environment <name>', 'only this environment (default: every one)')
    .option('-a, --assembly <path>', 'a cdk.out directory or a template (default: the platform, synthesized now)')
    .option('-u, --usage <file>', 'measured or simulated usage, YAML or JSON (default: documented assumptions)')
    .option('-r, --region <region>', "price every stack as if it were in this region (default: each stack's own)")
    .option('--free-tier', 'take off what AWS gives every account for nothing', false)
    .option('--strict', 'fail when a resource has no price', false)
    .option('-b, --base <source>', 'what to compare with: a cdk.out directory, a template or a git ref')
    .option('--base-environment <name>', 'compare with this environment (of --base, if given)')
    .option('--fail-above <limit>', 'fail when the change costs more: USD per month such as 50, or a share such as 5%')
    .option('--savings', 'what would make the bill smaller', false)
    .option('--reader-utilisation <share>', 'mean CPU of the database readers, 0 to 1, for --savings')
    .option('--cache-hit-ratio <share>', 'measured hit ratio of the cache, 0 to 1, for --savings')
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
  const settings: EstimateOptions = {
    ...(options.usage === undefined ? {} : { usage: readUsage(options.usage) }),
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
  if (assembly !== undefined) return assemblyAt(assembly, '--assembly', region === undefined ? {} : { region });
  const names =
    environment === undefined ? [] : [environment, ...(baseEnvironment === undefined ? [] : [baseEnvironment])];
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-cost-'));
  try {
    process.stderr.write('synthesizing …\n');
    return synthesize(environmentsNamed([...new Set(names)]), directory).assembly;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function reportOf(part: Assembly, settings: EstimateOptions): EstimateReport {
  const result = estimate(part, settings);
  return { title: titleOf(part), estimate: result, perRequest: perRequest(part, result, settings) };
}

function evidenceOf(options: Options): { readerUtilisation?: number; cacheHitRatio?: number } {
  const readerUtilisation = shareOf(options.readerUtilisation, '--reader-utilisation');
  const cacheHitRatio = shareOf(options.cacheHitRatio, '--cache-hit-ratio');
  return {
    ...(readerUtilisation === undefined ? {} : { readerUtilisation }),
    ...(cacheHitRatio === undefined ? {} : { cacheHitRatio }),
  };
}

function shareOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const share = Number(text);
  if (share >= 0 && share <= 1) return share;
  throw new UsageError(`${flag} must be a share between 0 and 1, got '${text}'`);
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
