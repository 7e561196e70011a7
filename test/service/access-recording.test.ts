import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ClassReport } from '../../analysis/cache/access-report';
import type { DataTier } from '../local';
import { ask } from './rig/client';
import { environmentOf, startServiceData } from './rig/local-service';
import { killServices, startService } from './rig/service-process';

const ITEMS = 400;
const READS = 3;

let tier: DataTier;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'headroom-accesses-'));
  tier = await startServiceData({ replicas: 0, items: ITEMS, events: 0 });
});

afterAll(async () => {
  killServices();
  await tier.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** `npm run cache-report`, the command that is delivered. */
async function cacheReport(file: string): Promise<readonly ClassReport[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    'dist/bin/headroom.js',
    'cache-report',
    '--access',
    file,
    '--fewest-reads',
    '1',
    '--json',
  ]);
  return JSON.parse(stdout).classes;
}

test('a service that is told to writes the accesses to its cache when it ends, and the report reads them', async () => {
  const file = path.join(folder, 'accesses.csv');
  const service = await startService({ ...environmentOf(tier), CACHE_ACCESS_FILE: file });
  for (let read = 0; read < READS; read++) {
    for (let item = 1; item <= ITEMS; item++) {
      const headers = { 'x-forwarded-for': `10.0.${read}.${item % 200}` };
      expect((await ask(`${service.url}/api/items/${item}`, { headers })).status).toBe(200);
    }
  }
  expect(existsSync(file)).toBe(false);
  expect(await service.stop()).toBe(0);
  const items = (await cacheReport(file)).find(({ keyClass }) => keyClass === 'item');
  // One key in sixteen of 400 is 25 on average; by hand, four deviations of 4.8 about it.
  expect(items?.keyDesign.keys).toBeGreaterThan(5);
  expect(items?.keyDesign.keys).toBeLessThan(45);
  expect(items?.reads).toBe(READS * (items?.keyDesign.keys ?? 0));
  // Each key is loaded once, and then this process has it.
  expect(items?.answered.load).toBeCloseTo(1 / READS);
  expect(items?.answered.memory).toBeCloseTo(1 - 1 / READS);
  expect(items?.database.loadSeconds).toBeGreaterThan(0);
  // Keys are hashed: an id would be a decimal number, and some of 25 hashes have a letter.
  const keys = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line.includes(',item,') ? [line.split(',')[2]] : []));
  expect(keys.join()).toMatch(/[a-f]/);
});
