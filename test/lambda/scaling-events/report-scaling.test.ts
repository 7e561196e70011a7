import {
  type HistoryEntry,
  reportMaximum,
  reportMinute,
  type ScalingActivity,
} from '../../../lambda/scaling-events/report-scaling';

const activity = (startedAt: string, to: number, failed = false): ScalingActivity => ({
  startedAt: new Date(startedAt),
  failed,
  description: `Setting desired count to ${to}.`,
  cause: `alarm of ${to}`,
});

/** What a report at `time` counts, sets and records. */
async function report(time: string, activities: readonly ScalingActivity[]) {
  const counted: Record<string, number> = {};
  const gauges: unknown[] = [];
  const history: HistoryEntry[] = [];
  await reportMinute(new Date(time), {
    service: 'web',
    activities: async () => activities,
    runningTasks: async () => 3,
    record: (entry) => history.push(entry),
    metrics: {
      count: (name, { action }) => {
        counted[`${name}.${action}`] = (counted[`${name}.${action}`] ?? 0) + 1;
      },
      gauge: (...gauge) => gauges.push(gauge),
      observe: () => {},
    },
  });
  return { counted, gauges, history };
}

const DAY = [
  activity('2026-11-20T10:07:30Z', 3),
  activity('2026-11-20T10:05:59.999Z', 4),
  activity('2026-11-20T10:05:00Z', 6),
  activity('2026-11-20T10:04:59.999Z', 3),
  activity('2026-11-20T09:00:00Z', 2),
];

test('counts what happened in the minute before the last one, each with its direction', async () => {
  const { counted, history } = await report('2026-11-20T10:07:12Z', DAY);
  expect(counted).toEqual({
    'auto_scaling_events_total.scale_up': 1,
    'auto_scaling_events_total.scale_down': 1,
  });
  expect(history).toEqual([
    { action: 'scale_down', service: 'web', from: 6, to: 4, cause: 'alarm of 4', at: '2026-11-20T10:05:59.999Z' },
    { action: 'scale_up', service: 'web', from: 3, to: 6, cause: 'alarm of 6', at: '2026-11-20T10:05:00.000Z' },
  ]);
});

test('a report per minute counts every activity exactly once, also when the function runs late', async () => {
  const seconds = ['00', '59', '00.001', '31', '07', '59.999'];
  const reports = await Promise.all(
    seconds.map((second, minute) => report(`2026-11-20T10:0${minute + 4}:${second}Z`, DAY)),
  );
  // Minutes 10:02 to 10:07; the change at 09:00 was reported an hour ago.
  expect(reports.flatMap(({ history }) => history.map(({ to }) => to)).sort()).toEqual([3, 3, 4, 6]);
});

test('says how many tasks run, also when nothing happened', async () => {
  const { counted, gauges } = await report('2026-11-20T12:00:00Z', DAY);
  expect(counted).toEqual({});
  expect(gauges).toEqual([['instances_running_total', { service: 'web' }, 3]]);
});

test('what failed did not happen: the next change counts from before it', async () => {
  const { history } = await report('2026-11-20T10:02:00Z', [
    activity('2026-11-20T10:00:40Z', 3),
    activity('2026-11-20T10:00:20Z', 9, true),
    activity('2026-11-20T09:00:00Z', 2),
  ]);
  expect(history).toMatchObject([{ action: 'scale_up', from: 2, to: 3 }]);
});

test('the first change of all brings a service to its minimum', async () => {
  const { history } = await report('2026-11-20T10:02:00Z', [activity('2026-11-20T10:00:40Z', 2)]);
  expect(history).toMatchObject([{ action: 'scale_up', from: undefined, to: 2 }]);
});

test('passes over what is not about the number of tasks', async () => {
  const odd = { ...activity('2026-11-20T10:00:40Z', 2), description: 'Something else.' };
  expect((await report('2026-11-20T10:02:00Z', [odd])).counted).toEqual({});
});

test('a service that cannot grow any more is counted and recorded', () => {
  const history: HistoryEntry[] = [];
  const counted: unknown[] = [];
  reportMaximum(
    { oldDesiredCapacity: 6, newDesiredCapacity: 10, maxCapacity: 10, endTime: '2026-11-20T10:00:40Z' },
    {
      service: 'web',
      record: (entry) => history.push(entry),
      metrics: { count: (...count) => counted.push(count), gauge: () => {}, observe: () => {} },
    },
  );
  expect(counted).toEqual([['auto_scaling_events_total', { action: 'at_maximum' }]]);
  expect(history).toEqual([
    {
      action: 'at_maximum',
      service: 'web',
      from: 6,
      to: 10,
      cause: 'reached the maximum of 10',
      at: '2026-11-20T10:00:40Z',
    },
  ]);
});
