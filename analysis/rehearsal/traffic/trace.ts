import { readFileSync } from 'node:fs';
import type { Traffic } from './traffic';

/** A trace that cannot be played; the message names the file, the line, the rule and the value. */
export class TraceError extends Error {
  public override readonly name = 'TraceError';
}

/** Requests per bin of equal width. */
export interface Trace {
  readonly name: string;
  readonly binSeconds: number;
  readonly requests: Float64Array;
}

const COLUMNS = ['timestamp_s', 'requests'];
/** How many problems a message lists. */
const SHOWN = 10;

/**
 * Reads a trace: CSV with the columns `timestamp_s,requests`, one row per bin, `requests` being those of the whole bin.
 *
 * @throws {TraceError} listing every row that is not numeric, negative, unsorted or leaves a gap
 */
export function parseTrace(name: string, csv: string): Trace {
  const lines = csv.split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const header = (lines[0] ?? '').trim();
  if (header !== COLUMNS.join(',')) {
    throw new TraceError(`${name}:1: expected the columns '${COLUMNS.join(',')}', got '${header}'`);
  }
  if (lines.length < 3) throw new TraceError(`${name}: a trace needs at least two rows, got ${lines.length - 1}`);
  const rows = lines.slice(1).map((line) => line.split(',').map(Number));
  const binSeconds = (rows[1]?.[0] ?? 0) - (rows[0]?.[0] ?? 0);
  const problems = rows.flatMap((row, index) =>
    rowProblems(row, rows[index - 1], binSeconds).map((problem) => `${name}:${index + 2}: ${problem}`),
  );
  if (problems.length > 0) {
    const more = problems.length > SHOWN ? [`… and ${problems.length - SHOWN} more`] : [];
    throw new TraceError([...problems.slice(0, SHOWN), ...more].join('\n'));
  }
  return { name, binSeconds, requests: Float64Array.from(rows, (row) => row[1] ?? 0) };
}

function rowProblems(row: readonly number[], before: readonly number[] | undefined, binSeconds: number): string[] {
  const [at = Number.NaN, requests = Number.NaN] = row;
  if (row.length !== COLUMNS.length || !Number.isFinite(at) || !Number.isFinite(requests)) {
    return [`expected two numbers, got '${row.join(',')}'`];
  }
  const problems = requests < 0 ? [`\`requests\` must not be negative, got ${requests}`] : [];
  if (before === undefined) return problems;
  const step = at - (before[0] ?? 0);
  if (step <= 0) problems.push(`\`timestamp_s\` must grow, got ${at} after ${before[0]}`);
  else if (step !== binSeconds) {
    problems.push(
      `expected a row at ${(before[0] ?? 0) + binSeconds} s (bins of ${binSeconds} s), got ${at}: fill the gap with rows, 0 where nothing came`,
    );
  }
  return problems;
}

/** Reads a trace file. */
export function readTrace(file: string): Trace {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new TraceError(`cannot read the trace ${file}`, { cause: error });
  }
  return parseTrace(file, text);
}

/**
 * A trace as traffic. Inside bins of more than a minute the rate goes in straight lines between the middles of the bins:
 * what happened inside them is not known.
 */
export function traceTraffic({ name, binSeconds, requests }: Trace): Traffic {
  const rate = (bin: number): number => (requests[Math.max(0, Math.min(requests.length - 1, bin))] ?? 0) / binSeconds;
  const interpolated = (second: number): number => {
    const place = second / binSeconds - 0.5;
    const bin = Math.floor(place);
    return rate(bin) + (rate(bin + 1) - rate(bin)) * (place - bin);
  };
  return {
    name,
    durationSeconds: requests.length * binSeconds,
    rps: binSeconds > 60 ? interpolated : (second) => rate(Math.floor(second / binSeconds)),
  };
}
