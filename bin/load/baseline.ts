import { readFileSync } from 'node:fs';
import type { LoadResult } from '../../test/load/load-result';
import { type Change, changesSince, NotComparableError } from '../../test/load/regression';
import { UsageError } from '../shared/errors';
import { renderTable } from '../shared/table';

/** Reads the result of an earlier run. */
export function readBaseline(file: string): LoadResult {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--baseline ${file} is no result of an earlier load test (${reason}); --out writes one`);
  }
}

/** What changed since the baseline. */
export function compareWith(baseline: LoadResult, file: string, result: LoadResult): readonly Change[] {
  try {
    return changesSince(baseline, result);
  } catch (error) {
    if (error instanceof NotComparableError) throw new UsageError(`--baseline ${file}: ${error.message}`);
    throw error;
  }
}

/** The changes as a table. */
export function printChanges(changes: readonly Change[]): string {
  const percent = (value: number): string => `${value.toFixed(1)} %`;
  return `${renderTable(
    ['against the baseline', 'improvement', '90 % interval', 'verdict'],
    changes.map(({ quantile, improvementPercent, lowPercent, highPercent, verdict }) => [
      quantile,
      percent(improvementPercent),
      `${percent(lowPercent)} to ${percent(highPercent)}`,
      verdict === 'worse' ? 'WORSE' : verdict,
    ]),
  )}\n`;
}
