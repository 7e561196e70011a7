import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { AccessFileError, parseAccesses, type RecordedAccess } from '../../analysis/cache/access-file';
import { accessReport, TTLS_SECONDS } from '../../analysis/cache/access-report';
import { type WarmStartReport, warmStartReport } from '../../analysis/cache/warm-start';
import { PRICE_BOOK } from '../../analysis/cost';
import { readKeyTrace, TraceError } from '../../analysis/rehearsal';
import { renderAccessReport } from '../shared/cache-access';
import { UsageError } from '../shared/errors';
import { renderTable } from '../shared/table';

const BUNDLED = 'analysis/rehearsal/traces/cache_keys_web12.csv';

/** A reader of two vCPUs stands for what the database's time costs. */
const READER = { meter: 'aurora.instance.standard.db.r7g.large', vcpus: 2 };

interface Options {
  readonly access?: string;
  readonly oneKeyIn: number;
  readonly fewestReads: number;
  readonly region: string;
  readonly trace: string;
  readonly size: number;
  readonly json: boolean;
}

/** `npm run cache-report`: what recorded accesses say about each key class, or what size and warming do for a key trace. */
export function cacheReportCommand(): Command {
  return new Command('cache-report')
    .description('hit ratios, TTLs, key design, stampedes and savings of recorded accesses, or of a key trace by size')
    .option('--access <file>', 'recorded accesses (CACHE_ACCESS_FILE of the service) instead of a key trace')
    .option('--one-key-in <n>', 'one key in how many was recorded', whole, 16)
    .option('--fewest-reads <n>', 'reads of a class below which nothing is advised', whole, 100)
    .option('--region <region>', 'region whose prices count', 'us-east-1')
    .option('--trace <file>', "CSV with the column 'key', one row per access", BUNDLED)
    .option('--size <percent>', 'size of the cache, in percent of the unique keys', percent, 20)
    .option('--json', 'print the report as JSON', false)
    .action(run);
}

function run({ trace, size, json, access, ...options }: Options): void {
  if (access !== undefined) {
    const classes = accessReport(readAccesses(access), {
      ...options,
      usdPerVcpuSecond: usdPerVcpuSecond(options.region),
    });
    process.stdout.write(
      json ? `${JSON.stringify({ ttlsSeconds: TTLS_SECONDS, classes }, null, 2)}\n` : renderAccessReport(classes),
    );
    return;
  }
  const report = warmStartReport(read(trace), size);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : print(report, size));
}

function readAccesses(file: string): RecordedAccess[] {
  try {
    return parseAccesses(file, readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof AccessFileError) throw new UsageError(error.message);
    throw new UsageError(`--access must be a file that can be read, got ${file}`, { cause: error });
  }
}

function usdPerVcpuSecond(region: string): number {
  const usdPerHour = PRICE_BOOK.firstUnit(READER.meter, region);
  if (usdPerHour === undefined)
    throw new UsageError(`--region must be one with prices, such as us-east-1, got ${region}`);
  return usdPerHour / READER.vcpus / 3_600;
}

function read(file: string): Uint32Array {
  try {
    return readKeyTrace(file);
  } catch (error) {
    if (error instanceof TraceError) throw new UsageError(error.message);
    throw error;
  }
}

function print({ accesses, uniqueKeys, size, bySize, groups }: WarmStartReport, sizePercent: number): string {
  const show = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
  return [
    `${accesses} accesses to ${uniqueKeys} keys; by size of the cache (exact LRU stack distances):`,
    renderTable(
      ['entries', 'hit ratio'],
      bySize.map(({ percent, hitRatio }) => [`${percent} % of the keys`, show(hitRatio)]),
    ),
    `second half after a flush, ${size} entries (${sizePercent} % of the keys); the bound is first reads, which no cache answers:`,
    renderTable(
      ['keys', 'of the accesses', 'bound', 'cold', 'warmed'],
      groups.map((group) => [
        group.mostReadPercent === 100 ? 'all' : `most-read ${group.mostReadPercent} %`,
        ...[group.share, group.bound, group.cold, group.warmed].map(show),
      ]),
    ),
    '',
  ].join('\n');
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('must be a whole number above 0.');
}

function percent(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 100) return value;
  throw new InvalidArgumentError('must be a number above 0, at most 100.');
}
