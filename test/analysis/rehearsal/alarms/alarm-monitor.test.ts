import type { AlarmDefinition } from '../../../../analysis/rehearsal/alarms/alarm-definition';
import { AlarmMonitor, type MetricWindow } from '../../../../analysis/rehearsal/alarms/alarm-monitor';

type Series = Readonly<Record<string, number | undefined>>;

const MODEL = { evaluationRangeExtra: 2, missingInMath: 'zero' } as const;

function alarm(given: Partial<AlarmDefinition<string>> = {}): AlarmDefinition<string> {
  return {
    name: 'alarm',
    queries: [{ id: 'm', measure: 'latency', statistic: 'p95', resolutionSeconds: 60 }],
    returns: 'm',
    periodSeconds: 60,
    comparison: 'GreaterThanThreshold',
    threshold: 1,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'missing',
    ...given,
  };
}

/** A monitor over values by `measure statistic`, the same in every window; `asked` collects the windows. */
function monitor(definition: AlarmDefinition<string>, series: Series, asked: MetricWindow<string>[] = []) {
  const read = (window: MetricWindow<string>) => {
    asked.push({ ...window });
    return series[`${window.measure} ${window.statistic}`];
  };
  return new AlarmMonitor(definition, { read }, MODEL);
}

describe('a percentile over few samples', () => {
  const few = { 'latency p95': 5, 'latency SampleCount': 199 };
  const enough = { 'latency p95': 5, 'latency SampleCount': 200 };

  test('is judged like any other unless the alarm says otherwise', () => {
    expect(monitor(alarm(), few).evaluate(600).state).toBe('ALARM');
  });

  test('keeps the state when the alarm ignores it: p95 needs 200 samples', () => {
    const definition = alarm({ lowSampleCountPercentile: 'ignore' });
    expect(monitor(definition, few).evaluate(600).state).toBe('INSUFFICIENT_DATA');
    expect(monitor(definition, enough).evaluate(600).state).toBe('ALARM');
  });

  test('does not matter to an average', () => {
    const definition = alarm({
      lowSampleCountPercentile: 'ignore',
      queries: [{ id: 'm', measure: 'latency', statistic: 'Average', resolutionSeconds: 60 }],
    });
    expect(monitor(definition, { 'latency Average': 5, 'latency SampleCount': 1 }).evaluate(600).state).toBe('ALARM');
  });
});

test('a minute alarm is looked at every minute, a high-resolution one every ten seconds', () => {
  expect(monitor(alarm(), {}).intervalSeconds).toBe(60);
  expect(monitor(alarm({ periodSeconds: 300 }), {}).intervalSeconds).toBe(60);
  expect(monitor(alarm({ periodSeconds: 20 }), {}).intervalSeconds).toBe(10);
});

test.each([
  // The user guide: a 5-minute period looked at in minute 6 takes minutes 2 to 6.
  ['slides', 'sliding', 360, [60, 360]],
  ['sticks to multiples of its period', 'wall-clock', 360, [0, 300]],
] as const)('a window %s', (_, evaluationWindow, now, [startSeconds, endSeconds]) => {
  const asked: MetricWindow<string>[] = [];
  monitor(alarm({ evaluationWindow, periodSeconds: 300 }), {}, asked).evaluate(now);
  expect(asked.at(-1)).toMatchObject({ startSeconds, endSeconds });
  // N and two more for the missing ones.
  expect(asked).toHaveLength(3);
});

test('an expression may use another that is listed after it', () => {
  const definition = alarm({
    queries: [
      { id: 'rate', expression: '100 * all / requests' },
      { id: 'all', expression: 'SUM([bad, worse])' },
      { id: 'bad', measure: 'bad', statistic: 'Sum', resolutionSeconds: 60 },
      { id: 'worse', measure: 'worse', statistic: 'Sum', resolutionSeconds: 60 },
      { id: 'requests', measure: 'requests', statistic: 'Sum', resolutionSeconds: 60 },
    ],
    returns: 'rate',
    threshold: 4,
  });
  const { state, datapoints } = monitor(definition, { 'bad Sum': 3, 'worse Sum': 2, 'requests Sum': 100 }).evaluate(
    600,
  );
  expect(state).toBe('ALARM');
  expect(datapoints).toEqual([5]);
});

test('what a missing side of an operation counts as is the reading that is played', () => {
  const queries: AlarmDefinition<string>['queries'] = [
    { id: 'sum', expression: 'm + n' },
    { id: 'm', measure: 'm', statistic: 'Sum', resolutionSeconds: 60 },
    { id: 'n', measure: 'n', statistic: 'Sum', resolutionSeconds: 60 },
  ];
  const definition = alarm({ queries, returns: 'sum' });
  const state = (missingInMath: 'zero' | 'missing') =>
    new AlarmMonitor(
      definition,
      { read: ({ measure }) => (measure === 'm' ? 5 : undefined) },
      { ...MODEL, missingInMath },
    ).evaluate(600).state;
  expect([state('zero'), state('missing')]).toEqual(['ALARM', 'INSUFFICIENT_DATA']);
});
