import { parseKeyTrace, readKeyTrace } from '../../../../analysis/rehearsal/traffic/key-trace';
import { parseTrace, readTrace, traceTraffic } from '../../../../analysis/rehearsal/traffic/trace';
import { hourlyRps, scaled, shapeOf, slice, steady, withSurge } from '../../../../analysis/rehearsal/traffic/traffic';

const CSV = 'timestamp_s,requests\n0,60\n60,120\n120,0\n';

test('a bin of 60 s with 120 requests is 2 requests per second in all of it', () => {
  const traffic = traceTraffic(parseTrace('t.csv', CSV));
  expect(traffic.durationSeconds).toBe(180);
  expect([0, 59, 60, 119, 120].map((second) => traffic.rps(second))).toEqual([1, 1, 2, 2, 0]);
});

test('wider bins go in straight lines between their middles', () => {
  const traffic = traceTraffic(parseTrace('t.csv', 'timestamp_s,requests\n0,300\n300,900\n'));
  expect([0, 150, 300, 450, 599].map((second) => traffic.rps(second))).toEqual([1, 1, 2, 3, 3]);
});

test.each([
  ['time,count\n0,1\n60,1', "t.csv:1: expected the columns 'timestamp_s,requests', got 'time,count'"],
  ['timestamp_s,requests\n0,1', 't.csv: a trace needs at least two rows, got 1'],
  ['timestamp_s,requests\n0,1\n60,-5\n120,1', 't.csv:3: `requests` must not be negative, got -5'],
  ['timestamp_s,requests\n0,1\n60,1\n30,1', 't.csv:4: `timestamp_s` must grow, got 30 after 60'],
  ['timestamp_s,requests\n0,1\n60,1\n240,1', 't.csv:4: expected a row at 120 s (bins of 60 s), got 240: fill the gap'],
  ['timestamp_s,requests\n0,1\n60,many\n120,1', "t.csv:3: expected two numbers, got '60,NaN'"],
])('fails for %j', (csv, message) => {
  expect(() => parseTrace('t.csv', csv)).toThrow(message);
});

test('lists all problems, at most ten', () => {
  const rows = Array.from({ length: 15 }, (_, at) => `${at * 60},-1`).join('\n');
  expect(() => parseTrace('t.csv', `timestamp_s,requests\n${rows}`)).toThrow('… and 5 more');
});

test('fails for files that are not there', () => {
  expect(() => readTrace('/nowhere.csv')).toThrow('cannot read the trace /nowhere.csv');
  expect(() => readKeyTrace('/nowhere.csv')).toThrow('cannot read the key trace /nowhere.csv');
});

test.each([
  ['id\n1', "k.csv:1: expected the column 'key', got 'id'"],
  ['key\n1\nx', "k.csv:3: expected a whole number, got 'x'"],
  ['key\n1\n-2', "k.csv:3: expected a whole number, got '-2'"],
])('fails for the key trace %j', (csv, message) => {
  expect(() => parseKeyTrace('k.csv', csv)).toThrow(message);
});

test('reads a key trace', () => {
  expect([...parseKeyTrace('k.csv', 'key\n3\n1\n3\n')]).toEqual([3, 1, 3]);
});

test('a surge rises, holds and falls', () => {
  const surged = withSurge(steady(10, 100), { startSeconds: 20, rampSeconds: 10, holdSeconds: 20, factor: 5 });
  expect([19, 25, 30, 49, 55, 61].map((second) => surged.rps(second))).toEqual([10, 30, 50, 50, 30, 10]);
  const sudden = withSurge(steady(10, 100), { startSeconds: 20, rampSeconds: 0, holdSeconds: 20, factor: 5 });
  expect([19, 20, 40, 41].map((second) => sudden.rps(second))).toEqual([10, 50, 50, 10]);
});

test('traffic can be cut, multiplied and played faster', () => {
  const traffic = traceTraffic(parseTrace('t.csv', CSV));
  expect(slice(traffic, 60, 180).rps(0)).toBe(2);
  expect(scaled(traffic, 10).rps(60)).toBe(20);
  const fast = scaled(traffic, 1, 2);
  expect([fast.durationSeconds, fast.rps(30)]).toEqual([90, 2]);
  expect(shapeOf(traffic)).toEqual({ meanRps: 1, peakRps: 2 });
  expect(hourlyRps(steady(3, 7200))).toEqual([3, 3]);
});
