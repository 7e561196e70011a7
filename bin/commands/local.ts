import { Command, InvalidArgumentError } from 'commander';
import { ENVIRONMENTS } from '../../lib/config';
import { SAMPLE } from '../../test/load/request-mix';
import { type LocalPlatform, startLocalPlatform } from '../../test/service/rig/local-platform';
import { environmentsNamed } from '../shared/synthesis';
import { renderTable } from '../shared/table';
import { serviceTargetGroup } from '../shared/target-group';

interface Options {
  readonly services: number;
  readonly replicas: number;
  readonly environment: string;
  readonly json: boolean;
}

/** As many items as load tests ask for. */
const SAMPLE_SIZE = { items: SAMPLE.items, events: 5 * SAMPLE.items };

/** `npm run local`: the platform on this machine, until Ctrl-C. */
export function localCommand(): Command {
  return new Command('local')
    .description('run the platform on this machine: primary, replicas, cache, load balancer and service processes')
    .option('--services <number>', 'processes of the service', wholeNumber, 2)
    .option('--replicas <number>', 'read replicas', wholeNumber, 2)
    .option('-e, --environment <name>', 'whose target group the load balancer follows', 'production')
    .option('--json', 'print the addresses as JSON, once everything runs', false)
    .addHelpText(
      'after',
      '\nStops on Ctrl-C. Needs PostgreSQL, Redis or Valkey, and HAProxy; says how to install what is missing.',
    )
    .action(run);
}

async function run({ services, replicas, environment, json }: Options): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const config = environmentsNamed([environment])[0] ?? ENVIRONMENTS[0];
  if (config === undefined) return;
  process.stderr.write(
    `reading the target group of ${config.name}, starting the data tier and ${services} processes …\n`,
  );
  const targetGroup = serviceTargetGroup(config);
  const platform = await startLocalPlatform({ services, replicas, ...SAMPLE_SIZE, targetGroup });
  process.stdout.write(json ? `${JSON.stringify(addresses(platform), null, 2)}\n` : describe(platform));
  await stopped;
  process.stderr.write('stopping …\n');
  await platform.stop();
}

function addresses({ url, tier, services }: LocalPlatform): Record<string, string> {
  return {
    'load balancer': url,
    ...Object.fromEntries(services.map((service, index) => [`service ${index + 1}`, service.url])),
    primary: tier.primary.url,
    ...Object.fromEntries(tier.replicas.map((replica) => [replica.name, replica.url])),
    cache: tier.cache.url,
  };
}

function describe(platform: LocalPlatform): string {
  const { url } = platform;
  return `${renderTable(['what', 'where'], Object.entries(addresses(platform)))}

try
  curl ${url}/health
  curl ${url}/api/items?category=books
  curl ${url}/api/openapi.json
  npm run load -- users --url ${url} --minutes 0.5
Ctrl-C stops everything.
`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('must be a whole number from 1.');
}
