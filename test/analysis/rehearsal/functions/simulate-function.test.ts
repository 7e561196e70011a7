import {
  DEFAULT_FUNCTION_PARAMETERS,
  functionAlternatives,
} from '../../../../analysis/rehearsal/functions/function-parameters';
import { type FunctionInput, simulateFunction } from '../../../../analysis/rehearsal/functions/simulate-function';
import { query, trackingPolicy } from '../../../../analysis/rehearsal/policies/building-blocks';
import type { ScalableTargetDefinition } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { steady, withSurge } from '../../../../analysis/rehearsal/traffic/traffic';

function input(given: Partial<FunctionInput> = {}): FunctionInput {
  return {
    traffic: steady(20, 1800),
    burstiness: 0,
    model: { name: 'api', notModelled: [] },
    accountConcurrency: 1000,
    duration: { kind: 'fixed', meanMs: 100 },
    coldStart: { kind: 'fixed', meanMs: 1000 },
    parameters: DEFAULT_FUNCTION_PARAMETERS,
    forecastModel: 'perfect-hour',
    startEpochSeconds: 0,
    slowMs: 200,
    ...given,
  };
}

const warm = (min: number, max: number, target?: number): ScalableTargetDefinition => ({
  name: 'live',
  minCapacity: min,
  maxCapacity: max,
  policies: target === undefined ? [] : [trackingPolicy('warm', query('provisioned-utilization'), target)],
  schedules: [],
});

test('equal seeds give equal outcomes, and every call is counted', () => {
  const outcome = simulateFunction(input(), 3);
  expect(outcome).toEqual(simulateFunction(input(), 3));
  // Poisson: 36,000 with a standard deviation of 190.
  expect(Math.abs(outcome.requests - 36_000)).toBeLessThan(1000);
  expect(outcome.refused).toBe(0);
});

test('a busy function starts few environments, and they are the slow calls', () => {
  const { coldStarts, slow, mostAtOnce } = simulateFunction(input(), 1);
  // In the first second every call starts one: 20 a second for 1.1 s are 22. Later two are busy on average.
  expect(mostAtOnce).toBeGreaterThan(12);
  expect(mostAtOnce).toBeLessThan(36);
  expect(slow).toBe(coldStarts);
  // Those that were not needed for ten minutes go, and are started again.
  expect(coldStarts).toBeLessThan(3 * mostAtOnce);
});

test('a reserved concurrency below the load throttles what Erlang B says', () => {
  // Two Erlang on three servers without a queue: B = (8/6) / (1 + 2 + 2 + 8/6) = 0.2105.
  const { refused, requests } = simulateFunction(input({ model: { name: 'api', reserved: 3, notModelled: [] } }), 1);
  expect(Math.abs(refused / requests - 0.2105)).toBeLessThan(0.01);
});

test('warm environments that are enough leave no cold start', () => {
  const model = { name: 'api', provisioned: warm(20, 20), notModelled: [] };
  const { coldStarts, slow, meanProvisioned } = simulateFunction(input({ model }), 1);
  expect([coldStarts, slow, meanProvisioned]).toEqual([0, 0, 20]);
});

test('target tracking follows the load with warm environments, after the time that they take', () => {
  const model = { name: 'api', provisioned: warm(2, 40, 0.7), notModelled: [] };
  const traffic = withSurge(steady(10, 3600), { startSeconds: 900, rampSeconds: 0, holdSeconds: 2700, factor: 10 });
  const outcome = simulateFunction(input({ model, traffic }), 1);
  expect(outcome.scaleOuts).toBeGreaterThan(0);
  // Ten Erlang at a target of 0.7 are 15 environments, reached by way of 3, 5, 8 and 12 with five minutes between.
  expect(outcome.meanProvisioned).toBeGreaterThan(5);
  expect(outcome.meanProvisioned).toBeLessThan(15);
  const fixed = simulateFunction(input({ model: { ...model, provisioned: warm(2, 2) }, traffic }), 1);
  expect(fixed.meanProvisioned).toBe(2);
  expect(fixed.coldStarts).toBeGreaterThanOrEqual(outcome.coldStarts);
});

test('every assumption about Lambda has another value', () => {
  expect(functionAlternatives().map(({ label }) => label)).toEqual([
    'metricDelay = 30 s',
    'metricDelay = 150 s',
    'idle = 300 s',
    'idle = 2700 s',
    'provisionedStart = 30 s',
    'provisionedStart = 240 s',
  ]);
});
