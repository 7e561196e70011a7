import { cpusOf } from '../../../lib/constructs/database/database-capacity';
import type { InstanceClass } from '../../../lib/constructs/database/max-connections';

// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.Summary.html
test.each<[InstanceClass, number]>([
  ['t4g.medium', 2],
  ['t4g.large', 2],
  ['r6g.large', 2],
  ['r7g.xlarge', 4],
  ['r8g.2xlarge', 8],
  ['r8g.4xlarge', 16],
])('db.%s has %d CPUs', (instanceClass, cpus) => {
  expect(cpusOf({ kind: 'provisioned', instanceClass })).toBe(cpus);
});

// 8 GiB for each CPU, as the provisioned classes for memory have it, and 2 GiB for each ACU.
test.each([
  [1, 1],
  [8, 2],
  [64, 16],
])('a range up to %d ACU grows to %d CPUs', (maxAcu, cpus) => {
  expect(cpusOf({ kind: 'serverless', minAcu: 0.5, maxAcu, autoPauseAfter: 'never' })).toBe(cpus);
});
