import fc from 'fast-check';
import type { AlarmRule, AlarmState, MissingData } from '../../../../analysis/rehearsal/alarms/alarm-definition';
import {
  alarmState,
  breaches,
  type Datapoints,
  hasTooFewSamples,
} from '../../../../analysis/rehearsal/alarms/alarm-state';

const TREATMENTS: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** `0` is fine, `X` breaches, `-` is missing; oldest first, as in the tables of the CloudWatch user guide. */
function points(text: string): Datapoints {
  return [...text].map((sign) => (sign === '-' ? undefined : sign === 'X' ? 1 : 0));
}

function rule(datapointsToAlarm: number, treatMissingData: MissingData): AlarmRule {
  return {
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    evaluationPeriods: 3,
    datapointsToAlarm,
    treatMissingData,
  };
}

function states(datapointsToAlarm: number, text: string, previous: AlarmState): AlarmState[] {
  return TREATMENTS.map((treatment) => alarmState(rule(datapointsToAlarm, treatment), points(text), previous));
}

// "Configuring how CloudWatch alarms treat missing data", both tables; RETAIN is the state before.
test.each([
  [3, '0-X-X', 'OK OK OK OK'],
  [3, '0----', 'OK OK OK OK'],
  [3, '-----', 'INSUFFICIENT_DATA RETAIN ALARM OK'],
  [3, '0XX-X', 'ALARM ALARM ALARM ALARM'],
  [3, '--X--', 'ALARM RETAIN ALARM OK'],
  [2, '0-X-X', 'ALARM ALARM ALARM ALARM'],
  [2, '00X0X', 'ALARM ALARM ALARM ALARM'],
  [2, '0-X--', 'OK OK ALARM OK'],
  [2, '----0', 'OK OK ALARM OK'],
  [2, '---X-', 'ALARM RETAIN ALARM OK'],
])('%i of 3 over %s is %s (missing, ignore, breaching, notBreaching)', (m, text, expected) => {
  for (const previous of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
    expect(states(m, text, previous)).toEqual(expected.replace('RETAIN', previous).split(' '));
  }
});

test.each([
  ['GreaterThanOrEqualToThreshold', [false, true, true]],
  ['GreaterThanThreshold', [false, false, true]],
  ['LessThanOrEqualToThreshold', [true, true, false]],
  ['LessThanThreshold', [true, false, false]],
] as const)('%s breaches below, at and above 5 as %j', (comparison, expected) => {
  expect([4, 5, 6].map((value) => breaches(comparison, 5, value))).toEqual(expected);
});

test('breaching datapoints need not be consecutive', () => {
  expect(states(2, '--X0X', 'OK')).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM']);
});

test('a breach younger than M periods does not raise the alarm early', () => {
  expect(alarmState(rule(3, 'missing'), points('---X-'), 'OK')).toBe('OK');
});

// "Percentile-based CloudWatch alarms and low data samples": 10 / (1 - percentile), 10 / percentile below the median.
test.each([
  [0.99, 1000],
  [0.95, 200],
  [0.5, 20],
  [0.1, 100],
])('percentile %d needs %i samples', (percentile, needed) => {
  expect(hasTooFewSamples(percentile, needed - 1)).toBe(true);
  expect(hasTooFewSamples(percentile, needed)).toBe(false);
});

test('another breaching datapoint never turns an alarm off', () => {
  const sign = fc.constantFrom('0', 'X', '-');
  fc.assert(
    fc.property(
      fc.array(sign, { minLength: 5, maxLength: 5 }),
      fc.nat(4),
      fc.integer({ min: 1, max: 3 }),
      (signs, at, m) => {
        const worse = signs.with(at, 'X').join('');
        // A missing point may push an older real one into view; only a real 0 that becomes a breach is comparable.
        fc.pre(signs[at] === '0');
        TREATMENTS.forEach((treatment) => {
          const before = alarmState(rule(m, treatment), points(signs.join('')), 'OK');
          const after = alarmState(rule(m, treatment), points(worse), 'OK');
          expect(before === 'ALARM' && after !== 'ALARM').toBe(false);
        });
      },
    ),
  );
});
