import { type ClassReport, TTLS_SECONDS } from '../../analysis/cache/access-report';
import { renderTable } from './table';

const show = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;

/** What recorded accesses say, as tables. */
export function renderAccessReport(classes: readonly ClassReport[]): string {
  const problems = classes.flatMap(({ keyClass, keyDesign }) =>
    keyDesign.problems.map((problem) => [keyClass, problem]),
  );
  const ttls = TTLS_SECONDS.map((ttl) => (Number.isFinite(ttl) ? `TTL ${ttl} s` : 'no TTL'));
  return [
    'what answered the reads (`batch`: memory or server, a batch does not tell):',
    renderTable(
      ['class', 'reads', 'writes', 'memory', 'server', 'batch', 'load', 'nothing'],
      classes.map(({ keyClass, reads, writes, answered: { memory, server, untold, load, none } }) => [
        keyClass,
        reads,
        writes,
        ...[memory, server, untold, load, none].map(show),
      ]),
    ),
    'hit ratio of one cache by size and TTL (exact LRU stack distances; a write empties its key):',
    renderTable(
      ['class', 'size', ...ttls],
      classes.flatMap(({ keyClass, bySize }) =>
        bySize.map(({ percent, entries, hitRatios }) => [
          keyClass,
          `${entries} entries (${percent} % of the keys)`,
          ...hitRatios.map(show),
        ]),
      ),
    ),
    'advice:',
    renderTable(
      ['class', 'verdict', 'TTL (s)', 'recommendation'],
      classes.map(({ keyClass, advice, recommendation }) => [
        keyClass,
        advice.verdict,
        advice.ttlSeconds ?? '–',
        recommendation,
      ]),
    ),
    'keys, stampedes (loads of a key while another ran) and the database (USD at most, at a vCPU per busy second):',
    renderTable(
      ['class', 'keys', 'read once', 'growth', 'stampedes', 'most at once', 'load s', 'spared s', 'spared USD'],
      classes.map(({ keyClass, keyDesign, stampedes, database }) => [
        keyClass,
        keyDesign.keys,
        show(keyDesign.seenOnce),
        keyDesign.growth.toFixed(2),
        stampedes.loads,
        stampedes.most,
        database.loadSeconds.toFixed(1),
        database.sparedSeconds.toFixed(1),
        database.sparedUsd.toFixed(4),
      ]),
    ),
    ...(problems.length === 0 ? [] : ['key design:', renderTable(['class', 'problem'], problems)]),
    '',
  ].join('\n');
}
