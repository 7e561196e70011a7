import { Duration } from 'aws-cdk-lib';
import { type TimeoutChain, timeoutChainProblems } from '../../lib/shared/timeout-chain';

const chain = (overrides: Partial<Record<keyof TimeoutChain, number>> = {}): TimeoutChain => {
  const seconds = {
    edgeKeepAlive: 60,
    loadBalancerIdle: 65,
    serviceKeepAlive: 75,
    deregistrationDelay: 30,
    stopTimeout: 60,
    ...overrides,
  };
  return {
    edgeKeepAlive: Duration.seconds(seconds.edgeKeepAlive),
    loadBalancerIdle: Duration.seconds(seconds.loadBalancerIdle),
    serviceKeepAlive: Duration.seconds(seconds.serviceKeepAlive),
    deregistrationDelay: Duration.seconds(seconds.deregistrationDelay),
    stopTimeout: Duration.seconds(seconds.stopTimeout),
  };
};

test('holds when each hop keeps its connections longer than the hop before', () => {
  expect(timeoutChainProblems(chain())).toEqual([]);
});

test('lets draining take the whole stop time-out', () => {
  expect(timeoutChainProblems(chain({ deregistrationDelay: 60 }))).toEqual([]);
});

test.each([
  [
    { loadBalancerIdle: 60 },
    '`timeouts.edgeKeepAlive` must be shorter than `timeouts.loadBalancerIdle`, got 60 s and 60 s',
  ],
  [
    { serviceKeepAlive: 65 },
    '`timeouts.loadBalancerIdle` must be shorter than `timeouts.serviceKeepAlive`, got 65 s and 65 s',
  ],
  [
    { deregistrationDelay: 61 },
    '`timeouts.deregistrationDelay` must not be longer than `timeouts.stopTimeout`, got 61 s and 60 s',
  ],
])('names the link that breaks with %j', (overrides, problem) => {
  expect(timeoutChainProblems(chain(overrides))).toEqual([problem]);
});
