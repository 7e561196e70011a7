import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheReportCommand } from '../../bin/commands/cache-report';

const directory = mkdtempSync(path.join(tmpdir(), 'headroom-cache-report-'));
const file = path.join(directory, 'access.csv');

beforeAll(() => {
  const rows = ['0,item,a,read,load,1800', '1000,item,a,read,memory,', '2000,item,b,read,load,1800'];
  writeFileSync(file, ['at_ms,class,key,kind,tier,load_ms', ...rows].join('\n'));
});

afterEach(() => jest.restoreAllMocks());
afterAll(() => rmSync(directory, { recursive: true }));

async function run(...args: string[]): Promise<string> {
  const written: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  await cacheReportCommand().parseAsync(args, { from: 'user' });
  return written.join('');
}

test('prints tables of recorded accesses', async () => {
  const tables = await run('--access', file, '--fewest-reads', '1');
  expect(tables).toContain('2 entries (100 % of the keys)');
  expect(tables).toContain('33.3 %');
});

test('prints JSON, and prices the spared time of all keys at a reader of two vCPUs', async () => {
  const { ttlsSeconds, classes } = JSON.parse(await run('--access', file, '--one-key-in', '2', '--json'));
  expect(ttlsSeconds).toEqual([60, 300, 900, null]);
  // One hit spares 1.8 s, twice; db.r7g.large is 0.276 USD an hour in us-east-1.
  expect(classes[0].database.sparedUsd).toBeCloseTo((3.6 * 0.276) / 2 / 3_600, 9);
});

test('a file that is not there and a region without prices are refused', async () => {
  await expect(run('--access', '/nowhere.csv')).rejects.toThrow('--access must be a file that can be read');
  await expect(run('--access', file, '--region', 'mars-1')).rejects.toThrow('--region must be one with prices');
});
