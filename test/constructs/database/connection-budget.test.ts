import fc from 'fast-check';
import {
  type ConnectionBudget,
  connectionBudgetProblems,
  connectionsAvailable,
  connectionsNeeded,
} from '../../../lib/constructs/database/connection-budget';

const budget: ConnectionBudget = {
  maxTasks: 10,
  connectionsPerTask: 16,
  functions: [],
  maxConnectionsPercent: 80,
  capacity: { kind: 'provisioned', instanceClass: 'r8g.large' },
};

test('ten tasks of sixteen connections fit into four fifths of a db.r8g.large', () => {
  expect(connectionBudgetProblems(budget)).toEqual([]);
});

test('the last connection that fits is allowed, one more is not', () => {
  // 1669 × 80 % = 1335.2
  expect(connectionBudgetProblems({ ...budget, maxTasks: 1335, connectionsPerTask: 1 })).toEqual([]);
  expect(connectionBudgetProblems({ ...budget, maxTasks: 1336, connectionsPerTask: 1 })).toHaveLength(1);
});

test('fails with the sum written out when tasks and functions need more than the pool may open', () => {
  const problems = connectionBudgetProblems({
    ...budget,
    functions: [
      { name: 'cache-warmer', reservedConcurrency: 2, connections: 4 },
      { name: 'api', reservedConcurrency: 50, connections: 2 },
    ],
    capacity: { kind: 'provisioned', instanceClass: 't4g.medium' },
    maxConnectionsPercent: 50,
  });
  expect(problems).toEqual([
    'connections must fit into the pool, got 10 tasks × 16 + cache-warmer 2 × 4 + api 50 × 2 = 268 of 200 ' +
      '(50 % of max_connections 400 at db.t4g.medium); allow fewer tasks or fewer connections per task, ' +
      'or choose a larger instance',
  ]);
});

test('fails at the floor of a capacity range, however high its ceiling', () => {
  const problems = connectionBudgetProblems({
    ...budget,
    capacity: { kind: 'serverless', minAcu: 0.5, maxAcu: 64, autoPauseAfter: 'never' },
  });
  expect(problems[0]).toContain(
    '10 tasks × 16 = 160 of 66 (80 % of max_connections 83 at 0.5 ACU, the floor of the range)',
  );
});

test('whatever passes fits, and whatever is refused does not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.record({ reservedConcurrency: fc.nat(100), connections: fc.nat(10) }), { maxLength: 4 }),
      (maxTasks, connectionsPerTask, maxConnectionsPercent, functions) => {
        const named = functions.map((each, index) => ({ ...each, name: `f${index}` }));
        const tried = { ...budget, maxTasks, connectionsPerTask, maxConnectionsPercent, functions: named };
        const fits = connectionsNeeded(tried) <= connectionsAvailable(tried);
        expect(connectionBudgetProblems(tried)).toHaveLength(fits ? 0 : 1);
      },
    ),
  );
});
