import type { LoadVerdict } from '../../test/load/judge';
import type { LatencyQuantiles, LoadResult } from '../../test/load/load-result';
import { renderTable } from '../shared/table';

const ms = (value: number | null): string => (value === null ? '–' : value.toFixed(1));

/** The result as tables: what was sent, how long it took, and how it stands to the objectives. */
export function printLoad(result: LoadResult, verdicts: readonly LoadVerdict[], file: string): string {
  const rate = `${result.arrivalRate.toFixed(1)} requests/s over ${result.seconds.toFixed(0)} s`;
  const head = `${result.profile} against ${result.target}: ${result.requests} requests, ${result.failed} failed, ${rate}`;
  const failures = Object.entries(result.failures).map(([reason, count]) => `  failed: ${reason} × ${count}`);
  return [head, ...failures, latencies(result), objectives(verdicts), `result file: ${file}`, ''].join('\n');
}

function latencies({ kinds, latency, cachedLatency, serviceTime, requests, failed }: LoadResult): string {
  const row = (name: string, count: number, lost: number, { mean, p50, p95, p99, p999 }: LatencyQuantiles) => [
    name,
    String(count),
    String(lost),
    ...[mean, p50, p95, p99, p999].map(ms),
  ];
  const cached = kinds.filter(({ cached }) => cached);
  const sum = (key: 'requests' | 'failed') => cached.reduce((total, kind) => total + kind[key], 0);
  return renderTable(
    ['milliseconds', 'requests', 'failed', 'mean', 'p50', 'p95', 'p99', 'p99.9'],
    [
      ...kinds.map((kind) => row(kind.name, kind.requests, kind.failed, kind.latency)),
      row('cached', sum('requests'), sum('failed'), cachedLatency),
      row('all, from when it was due', requests, failed, latency),
      row('all, from when it was sent', requests, failed, serviceTime),
    ],
  );
}

function objectives(verdicts: readonly LoadVerdict[]): string {
  const show = (value: number | null, unit: LoadVerdict['unit']): string =>
    unit === 'ms' ? `${ms(value)} ms` : value === null ? '–' : `${(value * 100).toFixed(3)} %`;
  return renderTable(
    ['objective', 'limit', 'measured', 'verdict'],
    verdicts.map(({ objective, limit, measured, unit, met }) => [
      objective,
      `${unit === 'ms' ? '<' : '≥'} ${show(limit, unit)}`,
      show(measured, unit),
      met ? 'met' : 'MISSED',
    ]),
  );
}
