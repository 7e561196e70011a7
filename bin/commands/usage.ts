import { writeFileSync } from 'node:fs';
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { CostInputError, type Measured, measureUsage } from '../../analysis/cost';
import { InvalidAssemblyError } from '../../analysis/template';
import { platformOr } from '../cost/platform-or';
import { UsageError } from '../shared/errors';

interface Options {
  readonly environment: string;
  readonly assembly?: string;
  readonly region?: string;
  readonly days: string;
  readonly output?: string;
  readonly json: boolean;
}

/** CloudWatch keeps hourly values for this long. */
const MOST_DAYS = 455;
/** GetMetricData allows 50 calls a second and account; whoever shares them waits and tries again. */
const ATTEMPTS = 8;

/** `npm run usage`: what a deployed environment used, as a usage file for `npm run cost`. */
export function usageCommand(): Command {
  return new Command('usage')
    .description('read what a deployed environment used from CloudWatch, as a usage file for `cost --usage`')
    .option('-e, --environment <name>', 'the environment, or the stage of --assembly', 'production')
    .option('-a, --assembly <path>', 'a cdk.out directory or a template (default: the platform, synthesized now)')
    .option('-r, --region <region>', 'region of the stacks that do not state theirs')
    .option('-d, --days <count>', 'how many days to look back', '14')
    .option('-o, --output <file>', 'write the file here (default: print it)')
    .option('--json', 'JSON in place of YAML', false)
    .action(async (options: Options) => {
      try {
        await run(options);
      } catch (error) {
        if (error instanceof CostInputError || error instanceof InvalidAssemblyError)
          throw new UsageError(error.message);
        throw refusalOf(error);
      }
    });
}

async function run(options: Options): Promise<void> {
  const days = Number(options.days);
  if (!(Number.isInteger(days) && days >= 1 && days <= MOST_DAYS)) {
    throw new UsageError(`--days must be a whole number from 1 to ${MOST_DAYS}, got '${options.days}'`);
  }
  const whole = platformOr(options.assembly, [options.environment], options.region);
  const part = whole.stages.length === 0 ? whole : whole.stage(options.environment);
  const [cloudFormation, cloudWatch] = [clientsOf(CloudFormationClient), clientsOf(CloudWatchClient)];
  const measured = await measureUsage(
    part,
    { days, end: new Date() },
    {
      listStackResources: (region, input) => cloudFormation(region).send(new ListStackResourcesCommand(input)),
      getMetricData: (region, input) => cloudWatch(region).send(new GetMetricDataCommand(input)),
    },
  );
  const text = options.json ? `${JSON.stringify(measured.usage, null, 2)}\n` : stringify(measured.usage);
  if (options.output === undefined) process.stdout.write(text);
  else writeFileSync(options.output, text);
  process.stderr.write(`${summaryOf(measured)}\n`);
}

/** One client for each region. */
function clientsOf<T>(Client: new (settings: { region: string; maxAttempts: number }) => T): (region: string) => T {
  const clients = new Map<string, T>();
  return (region) => {
    const client = clients.get(region) ?? new Client({ region, maxAttempts: ATTEMPTS });
    clients.set(region, client);
    return client;
  };
}

function summaryOf({ usage, hours, unmeasured, absent }: Measured): string {
  const figures = Object.values(usage.resources).reduce((sum, inputs) => sum + Object.keys(inputs).length, 0);
  return [
    `${figures} figures measured over ${Math.round(hours)} hours`,
    ...absent.map((stack) => `not deployed: ${stack}`),
    ...unmeasured.map((name) => `no data, stays an assumption: ${name}`),
  ].join('\n');
}

/** Errors of AWS are about the account or the credentials, not about this program. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error && ('$metadata' in error || error.name === 'CredentialsProviderError'))) return error;
  return new UsageError(
    `AWS: ${error.name}: ${error.message}; needs credentials with cloudformation:ListStackResources and cloudwatch:GetMetricData`,
  );
}
