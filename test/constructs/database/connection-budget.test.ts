import fc from 'fast-check';
import { type ConnectionBudget, connectionBudgetProblems } from '../../../lib/constructs/database/connection-budget';

const budget: ConnectionBudget = {
  clients: [{ name: 'service', processes: 10, connections: 16 }],
  maxConnectionsPercent: 80,
  capacity: { kind: 'provisioned', instanceClass: 'r8g.large' },
};

test('ten tasks of sixteen connections fit into four fifths of a db.r8g.large', () => {
  expect(connectionBudgetProblems(budget)).toEqual([]);
});

test('the last connection that fits is allowed, one more is not', () => {
  // 1669 × 80 % = 1335.2
  const of = (processes: number) => ({ ...budget, clients: [{ name: 'service', processes, connections: 1 }] });
  expect(connectionBudgetProblems(of(1335))).toEqual([]);
  expect(connectionBudgetProblems(of(1336))).toHaveLength(1);
});

test('fails with the sum written out when tasks and functions need more than the pool may open', () => {
  const problems = connectionBudgetProblems({
    clients: [
      ...budget.clients,
      { name: 'cache-warmer', processes: 2, connections: 4 },
      { name: 'api', processes: 50, connections: 2 },
    ],
    capacity: { kind: 'provisioned', instanceClass: 't4g.medium' },
    maxConnectionsPercent: 50,
  });
  expect(problems).toEqual([
    'connections must fit into the pool, got service 10 × 16 + cache-warmer 2 × 4 + api 50 × 2 = 268 of 200 ' +
      '(50 % of max_connections 400 at db.t4g.medium); allow fewer tasks, executions or connections each, ' +
      'or choose a larger instance',
  ]);
});

test('fails at the floor of a capacity range, however high its ceiling', () => {
  const problems = connectionBudgetProblems({
    ...budget,
    capacity: { kind: 'serverless', minAcu: 0.5, maxAcu: 64, autoPauseAfter: 'never' },
  });
  expect(problems[0]).toContain(
    'service 10 × 16 = 160 of 66 (80 % of max_connections 83 at 0.5 ACU, the floor of the range)',
  );
});

test('whatever passes fits, and whatever is refused does not', () => {
  const client = fc.record({ processes: fc.nat(500), connections: fc.nat(20) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.array(client, { maxLength: 5 }),
      (maxConnectionsPercent, counts) => {
        const clients = counts.map((each, index) => ({ ...each, name: `client-${index}` }));
        const needed = counts.reduce((sum, { processes, connections }) => sum + processes * connections, 0);
        const fits = needed <= (1669 * maxConnectionsPercent) / 100;
        expect(connectionBudgetProblems({ ...budget, maxConnectionsPercent, clients })).toHaveLength(fits ? 0 : 1);
      },
    ),
  );
});
