import fc from 'fast-check';
import { adjustedCapacity, stepFor, stepProblems } from '../../../../analysis/rehearsal/scaling/step-adjustment';

// Application Auto Scaling user guide, "Step adjustments": threshold 50, out at 50/60/70, in at 50/40/30.
const OUT = [
  { lowerBound: 0, upperBound: 10, adjustment: 0 },
  { lowerBound: 10, upperBound: 20, adjustment: 10 },
  { lowerBound: 20, adjustment: 30 },
];
const IN = [
  { lowerBound: -10, upperBound: 0, adjustment: 0 },
  { lowerBound: -20, upperBound: -10, adjustment: -10 },
  { upperBound: -20, adjustment: -30 },
];

test.each([
  [50, 0],
  [59.9, 0],
  [60, 10],
  [69.9, 10],
  [70, 30],
  [100, 30],
])('a metric of %d over a threshold of 50 selects +%d %%', (metric, expected) => {
  expect(stepFor(OUT, metric - 50)?.adjustment).toBe(expected);
});

test.each([
  [49.9, 0],
  [40.1, 0],
  [40, -10],
  [30.1, -10],
  [30, -30],
  [0, -30],
])('a metric of %d under a threshold of 50 selects %d %%', (metric, expected) => {
  expect(stepFor(IN, metric - 50)?.adjustment).toBe(expected);
});

// "Scaling adjustment types": 10 tasks +30 % → 13 and -30 % of 13 → 10; rounding of 12.7, 0.67, -0.58, -6.67.
test.each([
  [30, 10, 13],
  [-30, 13, 10],
  [12.7, 100, 112],
  [0.67, 100, 101],
  [-0.58, 100, 99],
  [-6.67, 100, 94],
  [0, 100, 100],
])('%d %% of %i tasks gives %i', (percent, capacity, expected) => {
  expect(adjustedCapacity({ adjustmentType: 'PercentChangeInCapacity' }, percent, capacity)).toBe(expected);
});

test.each([
  ['ChangeInCapacity', 3, 5, 8],
  ['ChangeInCapacity', -3, 5, 2],
  ['ExactCapacity', 3, 5, 3],
] as const)('%s %i from %i gives %i', (adjustmentType, adjustment, capacity, expected) => {
  expect(adjustedCapacity({ adjustmentType }, adjustment, capacity)).toBe(expected);
});

// "Minimum adjustment magnitude": 25 % of 4 tasks with a magnitude of 2 adds 2.
test('a percentage moves at least the minimum adjustment magnitude', () => {
  const policy = { adjustmentType: 'PercentChangeInCapacity', minAdjustmentMagnitude: 2 } as const;
  expect(adjustedCapacity(policy, 25, 4)).toBe(6);
  expect(adjustedCapacity(policy, -25, 4)).toBe(2);
});

test.each([
  [
    [
      { lowerBound: 0, upperBound: 10, adjustment: 1 },
      { lowerBound: 5, adjustment: 2 },
    ],
    'the steps from 0 and from 5 overlap',
  ],
  [
    [
      { lowerBound: 0, upperBound: 10, adjustment: 1 },
      { lowerBound: 15, adjustment: 2 },
    ],
    'no step covers 10 to 15',
  ],
  [
    [
      { lowerBound: 0, adjustment: 1 },
      { lowerBound: 15, adjustment: 2 },
    ],
    'the steps from 0 and from 15 overlap',
  ],
  [
    Array.from({ length: 21 }, (_, at) => ({ lowerBound: at, upperBound: at + 1, adjustment: 1 })),
    'at most 20 steps, got 21',
  ],
])('fails when steps are %j', (steps, problem) => {
  expect(stepProblems(steps).join()).toContain(problem);
});

test('steps without gaps have no problem, and more load never selects a smaller step', () => {
  expect(stepProblems(OUT)).toEqual([]);
  fc.assert(
    fc.property(fc.float({ min: 0, max: 100, noNaN: true }), fc.float({ min: 0, max: 100, noNaN: true }), (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(stepFor(OUT, high)?.adjustment ?? 0).toBeGreaterThanOrEqual(stepFor(OUT, low)?.adjustment ?? 0);
    }),
  );
});
