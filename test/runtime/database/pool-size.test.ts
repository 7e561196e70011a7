import { poolSize } from '../../../runtime/database';

// By hand: 2 × cores + 1 connections over all processes, at least 2 each, at most 90 % of what the server has.
test.each([
  ['a 4-core server and one process', 4, 1, 100, 9],
  ['a 16-core server and ten processes', 16, 10, 1_000, 4],
  ['a small server and ten processes', 2, 10, 1_000, 2],
  ['few connections', 16, 10, 20, 1],
])('%s', (_, databaseCores, processes, maxConnections, expected) => {
  expect(poolSize({ databaseCores, processes, maxConnections })).toBe(expected);
});
