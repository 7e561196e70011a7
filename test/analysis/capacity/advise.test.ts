import { adviceMarkdown, advise, type Deployed, type ResourceUse } from '../../../analysis/capacity';
import { PRICE_BOOK } from '../../../analysis/cost';
import { Random } from '../../../analysis/rehearsal/queueing/random';
import { dailyLoad, HOUR_MS, resource, START_MS } from './generator';

const deployed: Deployed = {
  region: 'us-east-1',
  task: { cpu: 1024, memoryMiB: 2048, minTasks: 2 },
  database: { kind: 'provisioned', instanceClass: 'r8g.xlarge', instances: 3, storage: 'standard' },
  cache: { nodeType: 'cache.r7g.xlarge', nodes: 3 },
  connectionsPerEndpoint: 8,
};

const DAYS = 30;
const NOW = new Date(START_MS + DAYS * 24 * HOUR_MS);

/** The same share in every hour. */
const constant = (type: string, share: number, changes: Partial<ResourceUse> = {}, days = DAYS): ResourceUse =>
  resource(
    type,
    Array.from({ length: 24 * days }, (_, hour) => ({ ms: START_MS + hour * HOUR_MS, value: share })),
    changes,
  );

const adviceOn = (
  uses: readonly ResourceUse[],
  given: Partial<Deployed> = {},
  resources: readonly ResourceUse[] = [],
) =>
  advise({
    load: dailyLoad(new Random(1), DAYS, 100),
    resources,
    sizes: uses,
    deployed: { ...deployed, ...given },
    prices: PRICE_BOOK,
    now: NOW,
  });

const idsOf = (advice: ReturnType<typeof adviceOn>): readonly string[] => advice.recommendations.map(({ id }) => id);
const find = (advice: ReturnType<typeof adviceOn>, id: string) => advice.recommendations.find((one) => one.id === id);

const twoTasks = constant('running_tasks', 0.2, { ceiling: 10 });

describe('tasks', () => {
  test('that are idle become smaller, by the price of Fargate', () => {
    const advice = adviceOn([constant('task_cpu', 0.1), constant('service_memory', 0.3), twoTasks]);
    // 0.1 of a core needs 0.14, and 614 MiB need 768: 0.25 vCPU with 1 GiB. Two tasks for 730 h at 0.03238 USD per vCPU
    // and 0.00356 per GB in us-east-1: 2 × 730 × (0.75 × 0.03238 + 1 × 0.00356).
    expect(find(advice, 'right-size:service')).toMatchObject({
      change: { field: 'service.cpu, service.memoryMiB', to: '256, 1024' },
      savingUsd: expect.closeTo(2 * 730 * (0.75 * 0.03238 + 0.00356), 6),
    });
  });

  test.each([
    ['are busy', 0.6, 0.7],
    ['need their memory', 0.6, 0.55],
  ])('that %s stay as they are', (_, cpu, memory) => {
    expect(idsOf(adviceOn([constant('task_cpu', cpu), constant('service_memory', memory), twoTasks]))).not.toContain(
      'right-size:service',
    );
  });

  test('that run out of memory get more, for its price', () => {
    const advice = adviceOn([constant('task_cpu', 0.6), constant('service_memory', 0.95), twoTasks]);
    expect(find(advice, 'right-size:service')).toMatchObject({
      change: { to: '1024, 3072' },
      savingUsd: expect.closeTo(-2 * 730 * 0.00356, 6),
    });
  });

  test('of which too little is known stay as they are', () => {
    const uses = [constant('task_cpu', 0.1, {}, 13), constant('service_memory', 0.3, {}, 13), twoTasks];
    expect(idsOf(adviceOn(uses))).not.toContain('right-size:service');
  });
});

describe('database and cache', () => {
  const database = (cpu: number, connections: number) => [
    constant('database_cpu', cpu),
    constant('database_connections', connections),
  ];

  test('idle instances become half as large, when everything fits', () => {
    expect(find(adviceOn(database(0.2, 0.3)), 'right-size:database')?.change).toEqual({
      field: 'database.capacity.instanceClass',
      to: 'r8g.large',
    });
    expect(idsOf(adviceOn(database(0.2, 0.4)))).not.toContain('right-size:database');
  });

  test('full ones become twice as large, which costs', () => {
    const given = { kind: 'provisioned', instanceClass: 'r7g.xlarge', instances: 3, storage: 'standard' } as const;
    const found = find(adviceOn(database(0.8, 0.3), { database: given }), 'right-size:database');
    expect(found?.change.to).toBe('r7g.2xlarge');
    expect(found?.savingUsd).toBeLessThan(0);
    expect(found?.evidence).toEqual(['database_cpu was at 80 % or less in 95 %, and at 80 % in 99 % of the hours']);
  });

  test('full ones become twice as large also when nobody knows the price', () => {
    const found = find(adviceOn(database(0.8, 0.3)), 'right-size:database');
    expect([found?.change.to, found?.savingUsd]).toEqual(['r8g.2xlarge', undefined]);
  });

  test('the smallest of a family, and one whose price nobody knows, stay', () => {
    const uses = [...database(0.1, 0.1), constant('cache_memory', 0.1), constant('cache_cpu', 0.1)];
    const given = {
      database: { kind: 'provisioned', instanceClass: 'x9z.xlarge', instances: 3, storage: 'standard' },
      cache: { nodeType: 'cache.r7g.medium', nodes: 3 },
    } as const;
    expect(idsOf(adviceOn(uses, given)).filter((id) => id.startsWith('right-size'))).toEqual([]);
  });

  test('an idle cache becomes smaller', () => {
    const uses = [constant('cache_memory', 0.2), constant('cache_cpu', 0.1)];
    expect(find(adviceOn(uses), 'right-size:cache')?.change.to).toBe('cache.r7g.large');
  });
});

test.each([
  // 0.2 of 100 connections on two tasks are 10 each, and 10 / 0.7 are 15.
  ['too small', 0.2, '15'],
  ['too large', 0.02, '2'],
])('a pool that is %s follows the load', (_, share, to) => {
  const advice = adviceOn([constant('pool_connections', share, { ceiling: 100 }), twoTasks]);
  expect(find(advice, 'pool-size:service')?.change).toEqual({ field: 'database.connectionsPerEndpoint', to });
});

test('a pool that fits stays', () => {
  const advice = adviceOn([constant('pool_connections', 0.11, { ceiling: 100 }), twoTasks]);
  expect(idsOf(advice)).not.toContain('pool-size:service');
});

describe('commitments', () => {
  test('are for what always ran, and for a month at least', () => {
    const advice = adviceOn([constant('database_cpu', 0.5), twoTasks]);
    // Two tasks at 0.03238 + 2 × 0.00356 USD an hour, 22 % off.
    expect(find(advice, 'commitment:compute-savings-plan')?.savingUsd).toBeCloseTo(730 * 2 * 0.0395 * 0.22, 6);
    expect(find(advice, 'commitment:aurora-reserved')?.title).toBe('3 reserved r8g.xlarge, one year, no upfront');
    expect(idsOf(adviceOn([constant('running_tasks', 0.2, { ceiling: 10 }, 20)]))).toEqual([]);
  });
});

describe('ceilings', () => {
  const growing = resource(
    'service_cpu',
    Array.from({ length: 24 * DAYS }, (_, hour) => ({
      ms: START_MS + hour * HOUR_MS,
      value: 0.3 * 1.02 ** Math.floor(hour / 24),
    })),
    { ceiling: 10, unit: 'tasks', field: 'service.maxTasks' },
  );

  test('that are reached soon are to be raised, to what half a year needs', () => {
    const advice = adviceOn([], {}, [growing]);
    // The last day is at 0.3 × 1.02 ** 29, and six months of 1.02 ** 30 are 1.02 ** 180.
    const tasks = Math.ceil((10 * 0.3 * 1.02 ** 29 * 1.02 ** 180) / 0.7);
    expect(find(advice, 'raise-ceiling:service_cpu')?.change).toEqual({
      field: 'service.maxTasks',
      to: `at least ${tasks} tasks, enough for half a year`,
    });
  });

  test('are in the report, with what is not known', () => {
    const advice = adviceOn([], {}, [growing, constant('cache_cpu', 0.2, {}, 20)]);
    const text = adviceMarkdown(advice);
    expect(text).toContain('Not projected: 20 whole days of cache_cpu are known, 28 are needed.');
    expect(text).toContain('It cannot be told: no resource is used more when there is more load.');
    expect(text).toMatch(/\| service_cpu \| 53 % \| 81 % \(compound\) \| 70 % of 10 tasks \| 2026-10-\d\d \|/);
  });
});
