import {
  connectionsAtFloor,
  INSTANCE_MEMORY_GIB,
  type InstanceClass,
  maxConnectionsOfClass,
  maxConnectionsOfMemory,
  maxConnectionsOfRange,
} from '../../../lib/constructs/database/max-connections';

// What AWS publishes for a ceiling of so many ACU.
test.each([
  [1, 189],
  [4, 823],
  [8, 1669],
  [16, 3360],
  [32, 5000],
  [128, 5000],
  [256, 5000],
])('a ceiling of %d ACU means %d connections', (maxAcu, connections) => {
  expect(maxConnectionsOfRange(1, maxAcu)).toBe(connections);
});

test.each([0, 0.5])('a floor of %d ACU caps the connections at 2,000', (minAcu) => {
  expect(maxConnectionsOfRange(minAcu, 16)).toBe(2000);
  expect(maxConnectionsOfRange(minAcu, 8)).toBe(1669);
});

// The formula on the whole memory is an upper bound: the service keeps some of it for itself.
test.each(Object.entries(INSTANCE_MEMORY_GIB))('db.%s stays below the formula on all of its memory', (name, gib) => {
  const bound = Math.min((gib * 1024 ** 3) / 9_531_392, 5000);
  const connections = maxConnectionsOfClass(name as InstanceClass);
  expect(connections).toBeLessThanOrEqual(bound);
  expect(connections).toBeGreaterThanOrEqual(bound * 0.88);
});

// Seen by users with `SHOW max_connections` on instances of this memory; the table must not promise more.
test.each([
  [4, 413],
  [8, 856],
])('with %d GiB the table does not promise more than the %d that were seen', (gib, seen) => {
  expect(maxConnectionsOfMemory(gib)).toBeLessThanOrEqual(seen);
});

test('between two published values the table is linear', () => {
  // 189 + (823 - 189) / 6 GiB × 2 GiB = 400.3
  expect(maxConnectionsOfMemory(4)).toBe(400);
});

test('the floor of a range counts, not its ceiling', () => {
  expect(connectionsAtFloor(4, 64)).toBe(823);
  expect(connectionsAtFloor(1, 1)).toBe(189);
});

test('a database that pauses is counted at half a unit, the least that it runs with', () => {
  // 189 - (823 - 189) / 6 GiB × 1 GiB = 83.3
  expect(connectionsAtFloor(0, 8)).toBe(83);
});
