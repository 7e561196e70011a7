import { FAILED, Fleet, type FleetOptions, REFUSED } from '../../../../analysis/rehearsal/queueing/fleet';
import { Random } from '../../../../analysis/rehearsal/queueing/random';
import { Station } from '../../../../analysis/rehearsal/queueing/station';

const OPTIONS: FleetOptions = {
  workersPerTask: 1,
  algorithm: 'round_robin',
  shedAfterMs: Number.POSITIVE_INFINITY,
  refusalMs: 0,
  slowStartSeconds: 0,
};

function fleet(tasks: number, given: Partial<FleetOptions> = {}): Fleet {
  const made = new Fleet({ ...OPTIONS, ...given }, new Random(1));
  for (let slot = 0; slot < tasks; slot++) {
    made.reset(slot, 0);
    made.open(slot, 0);
  }
  return made;
}

test('one worker serves first come, first served', () => {
  const one = fleet(1);
  // Arrivals at 0, 10, 20 with 15 ms each: done at 15, 30, 45.
  expect([one.offer(0, 15, 0), one.offer(10, 15, 0), one.offer(20, 15, 0)]).toEqual([15, 20, 25]);
  expect(one.offer(100, 15, 0)).toBe(15);
});

test('two workers share one queue', () => {
  const two = fleet(1, { workersPerTask: 2 });
  expect([two.offer(0, 30, 0), two.offer(0, 10, 0), two.offer(0, 10, 0)]).toEqual([30, 10, 20]);
});

test('round robin takes turns whatever the queues', () => {
  const three = fleet(3);
  const first = [three.offer(0, 100, 0), three.offer(0, 1, 0), three.offer(0, 1, 0)];
  expect([...first, three.offer(1, 1, 0)]).toEqual([100, 1, 1, 100]);
});

test('least outstanding requests avoids the target that still works', () => {
  const two = fleet(2, { algorithm: 'least_outstanding_requests' });
  expect(two.offer(0, 100, 0)).toBe(100);
  expect([1, 3, 5].map((at) => two.offer(at, 1, 0))).toEqual([1, 1, 1]);
});

test('a random balancer sends about a third to each of three', () => {
  const three = fleet(3, { algorithm: 'weighted_random' });
  for (let at = 0; at < 30_000; at++) three.offer(at * 1000, 1, 0);
  const shares = [0, 1, 2].map((slot) => three.takeBusyMs(slot, 1e9) / 30_000);
  for (const share of shares) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.02);
});

test('refuses what would wait longer than the bound, at once', () => {
  const one = fleet(1, { shedAfterMs: 20 });
  expect([one.offer(0, 15, 0), one.offer(0, 15, 0), one.offer(0, 15, 0)]).toEqual([15, 30, REFUSED]);
});

test('a wait of exactly the bound is still taken, and a refusal costs its own work', () => {
  const one = fleet(1, { shedAfterMs: 20, refusalMs: 4 });
  expect([one.offer(0, 10, 0), one.offer(0, 10, 0), one.offer(0, 10, 0)]).toEqual([10, 20, 30]);
  // 30 ms wait: refused, which keeps the worker busy until 34.
  expect(one.offer(0, 10, 0)).toBe(REFUSED);
  expect(one.offer(20, 10, 0)).toBe(24);
});

test('what a request waits for elsewhere still counts as outstanding', () => {
  const two = fleet(2, { algorithm: 'least_outstanding_requests' });
  two.offer(0, 1, 1000);
  for (let at = 10; at <= 50; at += 10) two.offer(at, 1, 0);
  expect([two.takeBusyMs(0, 1e6), two.takeBusyMs(1, 1e6)].sort()).toEqual([1, 5]);
});

test('a target has its full share when its slow start is over', () => {
  const two = fleet(1, { slowStartSeconds: 100 });
  two.reset(1, 0);
  two.open(1, 0);
  for (let at = 0; at < 1000; at++) two.offer(100_000 + at * 20, 1, 0);
  expect(two.takeBusyMs(1, 1e9)).toBe(500);
});

test('a target in slow start gets less than its share, growing with its age', () => {
  const two = fleet(1, { slowStartSeconds: 100 });
  two.reset(1, 200_000);
  two.open(1, 200_000);
  for (let at = 0; at < 1000; at++) two.offer(200_000 + at * 20, 1, 0);
  // Over its first 20 of 100 seconds it takes a tenth of its turns on average: 50 of 500, not 500.
  const taken = two.takeBusyMs(1, 1e9);
  expect(taken).toBeGreaterThan(20);
  expect(taken).toBeLessThan(120);
});

test('a dead target fails requests until it is taken out', () => {
  const two = fleet(2);
  two.kill(0);
  expect([two.offer(0, 1, 0), two.offer(0, 1, 0)].sort()).toEqual([FAILED, 1]);
  two.close(0);
  expect([two.offer(1, 1, 0), two.offer(9, 1, 0)]).toEqual([1, 1]);
  two.close(1);
  expect(two.offer(20, 1, 0)).toBe(REFUSED);
});

test('a dead target holds its requests for ten seconds, so that least outstanding requests avoids it', () => {
  const two = fleet(2, { algorithm: 'least_outstanding_requests' });
  two.kill(1);
  const results = (fromMs: number) => Array.from({ length: 100 }, (_, index) => two.offer(fromMs + index * 20, 5, 0));
  // The first that meets it waits in vain for a connection, and all others find the other target free.
  expect(results(0).filter((result) => result === FAILED)).toHaveLength(1);
  expect(results(9000).filter((result) => result === FAILED)).toHaveLength(1);
});

test('busy time is what came plus what was left minus what is left', () => {
  const one = fleet(1);
  one.offer(0, 1500, 0);
  expect(one.takeBusyMs(0, 1000)).toBe(1000);
  expect(one.backlogMs(0, 1000)).toBe(500);
  expect(one.takeBusyMs(0, 2000)).toBe(500);
});

// Erlang C: M/M/1 at 70 % waits ρ/(μ-λ) on average; M/M/4 at 70 % waits C(4, 2.8)/(4μ-λ).
function meanWait(offer: (at: number, work: number) => number, ratePerMs: number, workMs: number): number {
  const random = new Random(7);
  let at = 0;
  let wait = 0;
  const count = 400_000;
  for (let index = 0; index < count; index++) {
    at += random.exponential() / ratePerMs;
    const work = random.exponential() * workMs;
    wait += offer(at, work) - work;
  }
  return wait / count;
}

function erlangC(servers: number, load: number): number {
  let blocking = 1;
  for (let server = 1; server <= servers; server++) blocking = (load * blocking) / (server + load * blocking);
  return blocking / (1 - (load / servers) * (1 - blocking));
}

test.each([1, 4])('%i workers at 70 %% wait what Erlang C says', (workers) => {
  const one = fleet(1, { workersPerTask: workers });
  const rate = (0.7 * workers) / 20;
  const expected = (erlangC(workers, 0.7 * workers) * 20) / (workers * 0.3);
  expect(Math.abs(meanWait((at, work) => one.offer(at, work, 0), rate, 20) / expected - 1)).toBeLessThan(0.05);
});

test('a station of 8 servers at 80 % waits what Erlang C says', () => {
  const station = new Station(8);
  const expected = (erlangC(8, 6.4) * 5) / (8 * 0.2);
  expect(Math.abs(meanWait((at, work) => station.serve(at, work), 6.4 / 5, 5) / expected - 1)).toBeLessThan(0.05);
});

test('a station grows and shrinks', () => {
  const station = new Station(1);
  expect([station.serve(0, 10), station.serve(0, 10)]).toEqual([10, 20]);
  station.resize(3, 20);
  expect([station.serve(20, 10), station.serve(20, 10), station.serve(20, 10)]).toEqual([10, 10, 10]);
  station.resize(1, 30);
  expect(station.servers).toBe(1);
});
