import type { Message } from '../../../runtime/jobs';
import { consequenceOf } from '../../../runtime/jobs/retry-policy';

const policy = { maxReceives: 5, baseSeconds: 2, capSeconds: 10 };
const message = (receives: number): Message => ({ id: 'a', body: '', receipt: 'r', receives });
const wait = (receives: number, random: number) =>
  consequenceOf(message(receives), new Error('no'), policy, () => random);

// The longest wait is base × 2^(receives - 1), at most the cap; the wait is anything up to that.
test.each([
  [1, 1, 2],
  [2, 1, 4],
  [3, 1, 8],
  [4, 1, 10],
  [3, 0, 0],
  [3, 0.5, 4],
  [3, 0.51, 5],
])('after %d deliveries and at %d of the jitter it waits %d s', (receives, random, retryInSeconds) => {
  expect(wait(receives, random)).toEqual({ retryInSeconds });
});

test('the last attempt is the last', () => {
  expect(wait(5, 1)).toEqual({ deadBecause: 'failed 5 times, at last with Error: no' });
});
