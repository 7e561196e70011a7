import { AccessFileError, parseAccesses } from '../../../analysis/cache/access-file';
import { accessReport } from '../../../analysis/cache/access-report';
import { judgeKeys } from '../../../analysis/cache/key-design';

const HEAD = 'at_ms,class,key,kind,tier,load_ms';
const OPTIONS = { oneKeyIn: 2, usdPerVcpuSecond: 0.5, fewestReads: 1 };

const parse = (...rows: string[]) => parseAccesses('a.csv', [HEAD, ...rows, ''].join('\n'));
const only = (...rows: string[]) => {
  const [report] = accessReport(parse(...rows), OPTIONS);
  if (report === undefined) throw new Error('no report');
  return report;
};

/** Seven reads of a and b, one write; the second load of a begins while the first one runs. */
const ITEMS = [
  '0,item,a,read,load,100',
  '50,item,a,read,load,20',
  '1000,item,a,read,memory,',
  '2000,item,a,write,,',
  '3000,item,a,read,server,',
  '4000,item,b,read,load,30',
  '61000,item,a,read,memory,',
  '65000,item,b,read,,',
];

test('tiers, sizes by TTL, stampedes and the database, by hand', () => {
  const report = only(...ITEMS);
  expect(report).toMatchObject({ keyClass: 'item', reads: 7, writes: 1, recommendation: 'keep' });
  expect(Object.values(report.answered).map((share) => Math.round(share * 7))).toEqual([2, 1, 1, 3, 0]);
  // Room for one: a hits at 50 and 1000. Room for both: a at 61000 (58 s after its load) and b at 65000 (61 s) as well;
  // a at 3000 never, because it was written.
  expect(report.bySize.map(({ entries }) => entries)).toEqual([1, 1, 1, 2]);
  expect(report.bySize[0]?.hitRatios).toEqual([2 / 7, 2 / 7, 2 / 7, 2 / 7]);
  expect(report.bySize[3]?.hitRatios).toEqual([3 / 7, 4 / 7, 4 / 7, 4 / 7]);
  // If writes emptied nothing: 5 of 7 from 300 s on, two of them stale.
  expect(report.advice).toMatchObject({ verdict: 'cache with invalidation', ttlSeconds: 300 });
  expect(report.stampedes).toEqual({ loads: 1, most: 2 });
  // 150 ms of loads, four hits at 50 ms each, of every second key.
  expect(report.database.loadSeconds).toBeCloseTo(0.3, 12);
  expect(report.database.sparedSeconds).toBeCloseTo(0.4, 12);
  expect(report.database.sparedUsd).toBeCloseTo(0.2, 12);
});

test('an entry dies with its TTL, to the millisecond', () => {
  const hits = (at: number) => only('0,item,a,read,load,1', `${at},item,a,read,load,1`).bySize[3]?.hitRatios[0];
  expect([hits(59_999), hits(60_000)]).toEqual([0.5, 0]);
});

test.each([
  ['begin to cache', ['0,c,a,read,load,1', '10,c,a,read,load,1', '20,c,a,read,load,1']],
  ['stop caching', ['0,c,a,read,load,1', '10,c,b,read,server,', '20,c,d,read,load,1']],
  ['leave uncached', ['0,c,a,read,load,1', '10,c,b,read,load,1', '20,c,d,read,load,1']],
])('%s', (recommendation, rows) => {
  expect(only(...rows).recommendation).toBe(recommendation);
  expect(accessReport(parse(...rows), { ...OPTIONS, fewestReads: 4 })[0]?.recommendation).toBe('too few reads');
});

test('loads that follow each other, or are of different keys, are no stampede', () => {
  const rows = ['0,c,a,read,load,10', '5,c,b,read,load,10', '10,c,a,read,load,10'];
  expect(only(...rows).stampedes).toEqual({ loads: 0, most: 1 });
});

test('names the parameter that makes the keys many', () => {
  const rows = Array.from({ length: 40 }, (_, at) => `${at},c,list?page=${at % 2}&utm=${at},read,load,1`);
  expect(judgeKeys(parse(...rows))).toEqual({
    keys: 40,
    seenOnce: 1,
    growth: 1,
    parts: [{ part: '?utm', values: 40, keysWithout: 2 }],
    problems: [
      '100 % of the keys were read once',
      'new keys come as fast as at the start: the number of keys has no bound',
      '?utm has 40 values: without it 2 keys, not 40',
    ],
  });
  const bounded = Array.from({ length: 80 }, (_, at) => `${at},c,${at % 40},read,load,1`);
  expect(judgeKeys(parse(...bounded))).toMatchObject({ keys: 40, seenOnce: 0, growth: 0, problems: [] });
});

test.each([
  ['x,item,a,read,load,1', "a.csv:2: at_ms must be whole milliseconds, got 'x'"],
  ['1,item,a,read,load', 'a.csv:2: expected 6 fields (commas in keys are percent-encoded), got 5'],
  ['1,,a,read,load,1', 'a.csv:2: class and key must not be empty'],
  ['1,item,a,scan,load,1', "a.csv:2: kind must be read or write, got 'scan'"],
  ['1,item,a,read,disk,1', "a.csv:2: tier must be one of memory, server, load, none or empty, got 'disk'"],
  ['1,item,a,read,load,fast', "a.csv:2: load_ms must be milliseconds or empty, got 'fast'"],
])('refuses %s', (row, message) => {
  expect(() => parse(row)).toThrow(new AccessFileError(message));
});

test('refuses other files, empty ones, and tells all problems up to a number', () => {
  expect(() => parseAccesses('a.csv', 'key\n1')).toThrow(`a.csv:1: expected the columns '${HEAD}', got 'key'`);
  expect(() => parse()).toThrow('a.csv: no access in it');
  expect(() => parse(...Array.from({ length: 8 }, () => '1'))).toThrow(/a\.csv:6: .*\nand 3 more$/);
});
