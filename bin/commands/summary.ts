import { Command } from 'commander';
import { CheckFailedError } from '../shared/errors';
import { environmentsNamed, synthesize } from '../shared/synthesis';
import { summarize } from '../summary/environment-summary';
import { printSummary } from '../summary/print-summary';

interface Options {
  readonly environment: readonly string[];
  readonly json: boolean;
}

const NEXT = `
where to look next
  cdk.out/                        the synthesized templates
  npx cdk deploy 'Production/*'   deploy one environment
  docs/architecture.md            how the platform is put together
  npm test                        the proof of all of it`;

/** `npm start`: synthesizes, validates and shows the platform. */
export function summaryCommand(): Command {
  return new Command('summary')
    .description('synthesize and validate every environment and show what it consists of')
    .option('-e, --environment <name...>', 'only these environments', [])
    .option('--json', 'print the summary as JSON', false)
    .action(run);
}

function run({ environment, json }: Options): void {
  const environments = environmentsNamed(environment);
  process.stderr.write(`synthesizing and validating ${environments.map(({ name }) => name).join(', ')} …\n`);
  const synthesis = synthesize(environments);
  const summaries = summarize(synthesis);
  if (json) {
    process.stdout.write(`${JSON.stringify(summaries, null, 2)}\n`);
  } else {
    const { stacks, resources } = synthesis.assembly;
    const size = `${stacks.length} stacks, ${resources.length} resources`;
    process.stdout.write(
      `${printSummary(summaries)}\n\n${size}, synthesized and validated in ${synthesis.seconds.toFixed(1)} s\n`,
    );
    process.stdout.write(`${NEXT}\n`);
  }
  const errors = synthesis.findings.filter(
    ({ severity, acknowledged }) => severity === 'error' && acknowledged === undefined,
  );
  if (errors.length > 0) throw new CheckFailedError(`${errors.length} findings are errors; see the table above`);
}
