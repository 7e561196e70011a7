import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import type { Players } from '../../analysis/rehearsal';
import {
  type EnvironmentChange,
  environmentChange,
  pageOf,
  type Review,
  reviewHtml,
  reviewMarkdown,
  reviewOf,
} from '../../analysis/review';
import { positive, positiveInteger, wholeNumber } from '../rehearse/options';
import { startPlayers } from '../rehearse/play-chosen';
import type { ReviewOptions } from '../review/options';
import { printReview } from '../review/print-review';
import { DEFAULT_SCENARIOS, rehearsePair } from '../review/rehearse-pair';
import { reviewJson } from '../review/review-json';
import { leftOut, pairsOf, sidesOf } from '../review/sides';
import { CheckFailedError } from '../shared/errors';

const EXAMPLES = `
Examples:
  npm run review -- --base main
  npm run review -- --base origin/main --environment production --html review.html
  npm run review -- --base before/cdk.out --assembly after/cdk.out --no-rehearsal
  npm run review -- --base old.template.yaml --assembly new.template.yaml --region eu-west-1

The exit code is 1 when something loses data, opens to the internet or breaks an objective. docs/review.md has every rule.`;

/** `npm run review`: what a change does, before it is deployed. */
export function reviewCommand(): Command {
  return new Command('review')
    .description('say what a change does to data, security, capacity, objectives and cost, the worst first')
    .requiredOption('-b, --base <source>', 'what to compare with: a git ref, a cdk.out directory or a template')
    .option('-e, --environment <name>', 'only this environment (default: every one)')
    .option(
      '-a, --assembly <source>',
      'a cdk.out directory, a template or a git ref (default: the platform, synthesized now)',
    )
    .option('-r, --region <region>', 'region of the stacks that do not state theirs, for their prices')
    .option('--no-rehearsal', 'play no traffic')
    .option('-s, --scenario <name...>', `what is played (default: ${DEFAULT_SCENARIOS.join(', ')})`, [])
    .option('--capacity <rps>', "requests per second that saturate one task (default: the environment's)", positive)
    .option('--seeds <number>', 'how many times everything is played', positiveInteger, 5)
    .option('--workers <number>', 'cores to use; 0 plays in this process', wholeNumber, 2)
    .option('--json', 'print everything as JSON', false)
    .option('--markdown <file>', 'write a report for a pull request')
    .option('--html <file>', 'write a page that works offline')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(options: ReviewOptions): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-review-'));
  try {
    const review = await reviewed(options, directory);
    write(review, options);
    const dangers = review.lines.filter(({ rule }) => rule.severity === 'danger').map(({ rule }) => rule.id);
    if (dangers.length > 0) throw new CheckFailedError(`somebody has to decide: ${[...new Set(dangers)].join(', ')}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function reviewed(options: ReviewOptions, directory: string): Promise<Review> {
  const sides = sidesOf(options, directory);
  const settings = options.region === undefined ? {} : { region: options.region };
  const pairs = pairsOf(sides, options.environment);
  const changes = pairs.map((pair) => ({
    pair,
    change: environmentChange(pair.name, pair.before, pair.after, settings),
  }));
  const remarks = [...leftOut(sides)];
  const started: Players[] = [];
  const players = () => {
    const [running] = started;
    const made = running ?? startPlayers(options.workers);
    if (running === undefined) started.push(made);
    return made;
  };
  try {
    const environments: EnvironmentChange[] = [];
    for (const { pair, change } of changes) {
      const played =
        options.rehearsal && change.stacks.length > 0 ? await rehearsePair(pair, options, players) : undefined;
      if (played !== undefined && 'remark' in played) remarks.push(played.remark);
      environments.push(played !== undefined && 'pair' in played ? { ...change, rehearsal: played.pair } : change);
    }
    return reviewOf({ ...sides.names, remarks }, environments);
  } finally {
    for (const player of started) await player.stop();
  }
}

function write(review: Review, { json, markdown, html }: ReviewOptions): void {
  const page = pageOf(review);
  process.stdout.write(`${json ? reviewJson(review, page) : printReview(page)}\n`);
  if (markdown !== undefined) writeFileSync(markdown, reviewMarkdown(page));
  if (html !== undefined) writeFileSync(html, reviewHtml(page));
}
