import { Command } from 'commander';
import { CheckFailedError } from '../shared/errors';
import { environmentsNamed, synthesize } from '../shared/synthesis';
import { forMachines, summarize } from '../summary/environment-summary';
import { printSummary } from '../summary/print-summary';
import { rehearseEach } from '../summary/rehearsal-summary';

interface Options {
  readonly environment: readonly string[];
  readonly json: boolean;
  readonly rehearsal: boolean;
  readonly output: string;
}

const NEXT = `
where to look next
  npm run rehearse                the other scenarios: a lost zone, a deployment at the peak, a day, a year's growth
  npx cdk deploy 'Production/*'   deploy one environment
  docs/architecture.md            how the platform is put together
  npm test                        the proof of all of it`;

/** `npm start`: synthesizes, validates and shows the platform. */
export function summaryCommand(): Command {
  return new Command('summary')
    .description(
      'synthesize and validate every environment and show what it consists of, what it costs and what it carries',
    )
    .option('-e, --environment <name...>', 'only these environments', [])
    .option('-o, --output <directory>', 'where the templates go; emptied first', 'cdk.out')
    .option('--no-rehearsal', 'play no traffic through the scaling policies')
    .option('--json', 'print the summary as JSON', false)
    .action(run);
}

async function run({ environment, json, rehearsal, output }: Options): Promise<void> {
  const environments = environmentsNamed(environment);
  const names = environments.map(({ name }) => name);
  process.stderr.write(`synthesizing and validating ${names.join(', ')} …\n`);
  const synthesis = synthesize(environments, output);
  const summaries = summarize(synthesis, rehearsal ? await rehearseEach(synthesis.assembly, names) : new Map());
  if (json) {
    process.stdout.write(`${JSON.stringify(summaries.map(forMachines), null, 2)}\n`);
  } else {
    const { stacks, resources } = synthesis.assembly;
    const size = `${stacks.length} stacks, ${resources.length} resources in ${output}/`;
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
