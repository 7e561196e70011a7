import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { METRICS } from '../../../runtime/telemetry';

const FOLDERS = [
  'runtime/cache',
  'runtime/database',
  'runtime/webhooks',
  'runtime/live',
  'lambda/cache-warmer',
  'lambda/cache-invalidator',
];

/** Every name such as `'db_…'` that stands as a string in the sources. */
const used = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .flatMap((source) => [...source.matchAll(/'((?:db|cache|cdn|webhook|live)_[a-z_]+)'/g)].map(([, name]) => name)),
);

test('every metric that is reported is in the catalogue, once', () => {
  const listed: readonly string[] = METRICS.map(({ name }) => name);
  expect(new Set(listed).size).toBe(listed.length);
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((name) => name !== undefined && !listed.includes(name))).toEqual([]);
});
