import { Command, InvalidArgumentError } from 'commander';
import { type WarmStartReport, warmStartReport } from '../../analysis/cache/warm-start';
import { readKeyTrace, TraceError } from '../../analysis/rehearsal';
import { UsageError } from '../shared/errors';
import { renderTable } from '../shared/table';

const BUNDLED = 'analysis/rehearsal/traces/cache_keys_web12.csv';

interface Options {
  readonly trace: string;
  readonly size: number;
  readonly json: boolean;
}

/** `npm run cache-report`: what size and warming do for the hit ratio of a key trace. */
export function cacheReportCommand(): Command {
  return new Command('cache-report')
    .description('hit ratios of a key trace by size of the cache, and after a cold start with and without warming')
    .option('--trace <file>', "CSV with the column 'key', one row per access", BUNDLED)
    .option('--size <percent>', 'size of the cache, in percent of the unique keys', percent, 20)
    .option('--json', 'print the report as JSON', false)
    .action(run);
}

function run({ trace, size, json }: Options): void {
  const report = warmStartReport(read(trace), size);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : print(report, size));
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

function percent(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 100) return value;
  throw new InvalidArgumentError('must be a number above 0, at most 100.');
}
