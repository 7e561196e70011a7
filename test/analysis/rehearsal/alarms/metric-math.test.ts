import type { Datapoints } from '../../../../analysis/rehearsal/alarms/alarm-state';
import { evaluateMetricMath, unsupportedFunctions } from '../../../../analysis/rehearsal/alarms/metric-math';
import type { MissingInMath } from '../../../../analysis/rehearsal/alarms/metric-math-functions';
import { parseMetricMath } from '../../../../analysis/rehearsal/alarms/metric-math-parser';

const _ = undefined;

function value(expression: string, series: Record<string, Datapoints>, missing?: MissingInMath): Datapoints {
  const [first] = Object.values(series);
  const scope = {
    series: new Map(Object.entries(series)),
    metrics: Object.keys(series),
    periodSeconds: 60,
    length: first?.length ?? 0,
    ...(missing && { missing }),
  };
  return evaluateMetricMath(parseMetricMath(expression), scope);
}

const m = { m1: [1, 2, 3], m2: [10, _, 30] };

test.each<[string, Datapoints]>([
  ['m1 + m2', [11, 2, 33]],
  ['m1 - 1 - 1', [-1, 0, 1]],
  ['2 * m1 ^ 2', [2, 8, 18]],
  ['-m1 + 10 / 2', [4, 3, 2]],
  ['(m1 + 1) * 2', [4, 6, 8]],
  ['m1 >= 2', [0, 1, 1]],
  ['m1 == 2 OR m1 > 2', [0, 1, 1]],
  ['m1 > 1 && m2 > 5', [0, 0, 1]],
  ['m1 > 1 AND m1 < 3', [0, 1, 0]],
  ['m1 != 2 || m1 == 2', [1, 1, 1]],
  ['IF(m1 > 1, m1, 0)', [0, 2, 3]],
  ['IF(m1 > 1, m2, -1)', [-1, 0, 30]],
  ['IF(m2 > 1, 1, 0)', [1, _, 1]],
  ['IF(m1 - 2, 1, 0)', [1, 0, 1]],
  ['FILL(m2, 0)', [10, 0, 30]],
  ['FILL(m2, REPEAT)', [10, 10, 30]],
  ['FILL(m2, LINEAR)', [10, 20, 30]],
  ['FILL(m2, m1)', [10, 2, 30]],
  ['FILL(m2, MIN(m2))', [10, 10, 30]],
  ['SUM(FILL(METRICS(), 5))', [11, 7, 33]],
  ['SUM([m1, m2])', [11, 2, 33]],
  ['AVG([m1, m2])', [5.5, 1, 16.5]],
  ['MIN([m1, m2])', [1, 2, 3]],
  ['MAX([m1, m2])', [10, 2, 30]],
  ['SUM(METRICS())', [11, 2, 33]],
  ['SUM(METRICS("m1"))', [1, 2, 3]],
  ['SUM(m1)', [6, 6, 6]],
  ['MAX(m2) - m1', [29, 28, 27]],
  ['RATE(m1)', [_, 1 / 60, 1 / 60]],
  ['DIFF(m1)', [_, 1, 1]],
  ['RATE(m2)', [_, _, 20 / 120]],
  ['DIFF(m2)', [_, _, 20]],
  ['MAX(RATE(METRICS()))', [_, 1 / 60, 20 / 120]],
  ['SUM([METRICS("m1"), METRICS("m2")])', [11, 2, 33]],
  ['SUM(METRICS("nothing"))', [_, _, _]],
  ['SUM(100 / [m1, m1])', [200, 100, 200 / 3]],
  ['SUM(-[m1, m1])', [-2, -4, -6]],
  ['AVG([m1, m1] / m1)', [1, 1, 1]],
  ['SUM([m1, m1] * [m1, m1])', [2, 8, 18]],
  ['m1 / (m1 - 2)', [-1, _, 3]],
  ['MIN(ABS([m1, -m1]))', [1, 2, 3]],
  ['m1 * PERIOD(m1)', [60, 120, 180]],
  ['ABS(-m1) + CEIL(1.2) + FLOOR(1.8)', [4, 5, 6]],
])('%s', (expression, expected) => {
  expect(value(expression, m)).toEqual(expected);
});

// "Comparison and logical operators" and "Using IF expressions" of the CloudWatch user guide, to the letter.
test.each<[string, Record<string, Datapoints>, Datapoints]>([
  ['metric1 < metric2', { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] }, [0, 0, 1, 0]],
  ['metric1 >= 30', { metric1: [30, 20, 0, 0] }, [1, 0, 0, 0]],
  ['metric1 > 15 AND metric2 > 15', { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] }, [1, 0, 0, 0]],
  [
    'IF(metric1, metric2, metric3)',
    { metric1: [1, 1, 0, 0, _], metric2: [30, _, 0, 0, 30], metric3: [0, 0, 20, _, 20] },
    [30, 0, 20, _, _],
  ],
  ['IF(metric1, 5, metric3)', { metric1: [1, 1, 0, 0, _], metric3: [0, 0, 20, _, 20] }, [5, 5, 20, _, _]],
  ['IF(metric1, metric2, 5)', { metric1: [1, 1, 0, 0, _], metric2: [30, _, 0, 0, 30] }, [30, 0, 5, 5, 5]],
  ['IF(metric1 < 400, metric1)', { metric1: [100, 400, _] }, [100, _, _]],
])('the documentation: %s', (expression, series, expected) => {
  expect(value(expression, series)).toEqual(expected);
});

test.each<[string, Datapoints]>([
  ['m1 + m2', [11, _, 33]],
  ['m1 > 1 AND m2 > 5', [0, _, 1]],
  ['IF(m1 > 1, m2, -1)', [-1, _, 30]],
  ['IF(m2, m1, 0)', [1, _, 3]],
  ['AVG([m1, m2])', [5.5, 2, 16.5]],
])('where a missing side makes the result missing: %s', (expression, expected) => {
  expect(value(expression, m, 'missing')).toEqual(expected);
});

test('the scale-in condition of four metrics holds only in minutes in which all of them do', () => {
  const quiet = 'IF(cpu < 30 AND mem < 50 AND FILL(requests, 0) < 400 AND FILL(p95, 0) < 0.1, 1, 0)';
  expect(value(quiet, { cpu: [29, 29, 30], mem: [49, 49, 49], requests: [399, _, 1], p95: [0.09, _, 0.01] })).toEqual([
    1, 1, 0,
  ]);
});

test('FILL also fills a series that has no datapoint at all', () => {
  expect(value('FILL(m, 0)', { m: [_, _, _] })).toEqual([0, 0, 0]);
});

test.each([
  ['m1 +', "cannot read 'm1 +': unexpected end"],
  ['m1 m2', "cannot read 'm1 m2': unexpected 'm2'"],
  ['m1 $ m2', "cannot read 'm1 $ m2' at character 3"],
  ['SUM(m1', "cannot read 'SUM(m1': unexpected end"],
  ['m3 + 1', "'m3' is no metric of the alarm; it has m1, m2"],
  ['[m1, m2]', 'an array of series needs SUM, AVG, MIN or MAX around it'],
  ['IF(m1)', 'IF needs 2 arguments, got 1'],
  ['FILL(m1, [m2])', 'FILL fills with a number, a series, REPEAT or LINEAR'],
  ['FILL(m1, "x")', 'FILL fills with a number, a series, REPEAT or LINEAR'],
  ['ANOMALY_DETECTION_BAND(m1, 2)', 'its model is trained by CloudWatch and not published'],
  ['NOPE(m1)', 'NOPE is not evaluated: unknown function'],
])('%s fails with "%s"', (expression, message) => {
  expect(() => value(expression, m)).toThrow(message);
});

test('names every function that cannot be evaluated', () => {
  expect(unsupportedFunctions(parseMetricMath('IF(SEARCH("x") > 1, ANOMALY_DETECTION_BAND(m1), NOPE(m1))'))).toEqual([
    'SEARCH: an alarm cannot use it',
    'ANOMALY_DETECTION_BAND: its model is trained by CloudWatch and not published',
    'NOPE: it is not one of the functions the rehearsal knows',
  ]);
});
