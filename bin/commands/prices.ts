import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { PRICE_BOOK } from '../../analysis/cost';
import { type PriceListFile, priceListUrl } from '../../analysis/cost/prices/price-list';
import { type MeterOutcome, type Refresh, refreshPrices } from '../../analysis/cost/prices/refresh';
import { CheckFailedError, UsageError } from '../shared/errors';
import { renderTable } from '../shared/table';

const DIRECTORY = 'analysis/cost/prices';

interface Options {
  readonly region: string;
  readonly files?: string;
  readonly confirm: readonly string[];
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** `npm run prices`: compares the price book with the AWS price list and takes over what is plausible. */
export function pricesCommand(): Command {
  return new Command('prices')
    .description('refresh the price book from the AWS price list (public bulk files, no credentials)')
    .requiredOption('-r, --region <region>', 'region whose prices are read, such as us-east-1')
    .option('--files <directory>', 'read <service code>.json from here and not from AWS')
    .option('--confirm <meter...>', 'take over a change of more than a quarter for these meters', [])
    .option('--dry-run', 'show what would change and write nothing', false)
    .option('--json', 'print the outcome of every meter as JSON', false)
    .action(run);
}

async function run(options: Options): Promise<void> {
  if (!PRICE_BOOK.regions.includes(options.region)) {
    throw new UsageError(`--region must be one of ${PRICE_BOOK.regions.join(', ')}, got ${options.region}`);
  }
  const services = new Set(
    Object.values(PRICE_BOOK.meters).flatMap(({ refreshable, serviceCode }) =>
      refreshable === false ? [] : [serviceCode],
    ),
  );
  const files = new Map<string, PriceListFile>();
  for (const service of services) {
    const file = await priceListOf(service, options);
    if (file !== undefined) files.set(service, file);
  }
  const refresh = refreshPrices(PRICE_BOOK, options.region, files, new Set(options.confirm));
  process.stdout.write(options.json ? `${JSON.stringify(refresh.outcomes, null, 2)}\n` : printed(refresh));
  if (!options.dryRun)
    writeFileSync(path.join(DIRECTORY, `${options.region}.json`), serialized(options.region, refresh));
  const refused = refresh.outcomes.filter(({ outcome }) => outcome === 'refused');
  if (refused.length > 0)
    throw new CheckFailedError(`${refused.length} prices were refused and keep their old value; see the table`);
}

async function priceListOf(service: string, { files, region }: Options): Promise<PriceListFile | undefined> {
  if (files !== undefined) {
    const file = path.join(files, `${service}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PriceListFile) : undefined;
  }
  const url = priceListUrl(service, region);
  process.stderr.write(`reading ${url} …\n`);
  const response = await fetch(url);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new UsageError(`${url} answered ${response.status}; try again, or give --files`);
  return (await response.json()) as PriceListFile;
}

function printed({ outcomes }: Refresh): string {
  const counts = new Map<string, number>();
  for (const { outcome } of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const changed = outcomes.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'by hand');
  const rows = changed.map(({ meter, outcome, before, after, reason }: MeterOutcome) => [
    meter,
    outcome,
    before ?? 'unknown',
    after ?? 'unknown',
    reason ?? '',
  ]);
  const summary = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  return `${renderTable(['meter', 'outcome', 'before', 'after', 'why'], rows)}\n${summary}\n`;
}

/** One line per meter, so that a refresh is a readable diff. */
function serialized(region: string, { prices }: Refresh): string {
  const rows = Object.entries(prices).map(([meter, price]) => `    ${JSON.stringify(meter)}: ${JSON.stringify(price)}`);
  return `{\n  "region": ${JSON.stringify(region)},\n  "currency": "USD",\n  "prices": {\n${rows.join(',\n')}\n  }\n}\n`;
}
