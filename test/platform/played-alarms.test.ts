import { alarmCalled } from '../../analysis/alarms';
import { settledState } from '../../analysis/alarms/play-alarm';
import { readWatchedAlarm, seriesKey, type WatchedMetric } from '../../analysis/alarms/watched-metric';
import { development } from '../../lib/config/development';
import { production } from '../../lib/config/production';
import { defaultRetries } from '../../runtime/webhooks';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform({ environments: [production] });
const { assembly: quiet } = synthesizePlatform({ environments: [development] });

/** The alarm `id` as CloudWatch would play it, while each of its metrics has the value that `levels` gives it by its name. */
function stateOf(id: string, levels: Readonly<Record<string, number>>, from = assembly): string {
  const alarm = alarmCalled(id, from);
  const watched = alarm && readWatchedAlarm(alarm);
  if (watched === undefined || typeof watched === 'string') throw new Error(`${id}: ${watched ?? 'no such alarm'}`);
  const known = new Map(
    watched.metrics.flatMap((metric) => {
      const level = levels[nameOf(metric)];
      return level === undefined ? [] : [[seriesKey(metric), level] as const];
    }),
  );
  return settledState(watched.definition, known);
}

/** Attempts are told apart by their outcome. */
function nameOf({ name, dimensions }: WatchedMetric): string {
  const outcome = dimensions['outcome'];
  return typeof outcome === 'string' ? outcome : name;
}

const requests = (count: number, failed: number) => ({ RequestCount: count, HTTPCode_Target_5XX_Count: failed });
const waiting = 'webhook_deliveries_waiting';
const oldest = 'webhook_oldest_delivery_seconds';

// By hand from the rows' sentences: half of the attempts, twelve hours, half of the requests, 200 ms. An objective of 99.9 %
// leaves 0.1 %, and 14.4 times that is 1.44 %; 70 requests are the first number of which one is less.
test.each<[string, Readonly<Record<string, number>>, 'OK' | 'ALARM']>([
  ['webhooks-stopped', { [waiting]: 5 }, 'OK'],
  ['webhooks-stopped', {}, 'ALARM'],
  ['webhooks-stalled', { [waiting]: 3 }, 'ALARM'],
  ['webhooks-stalled', { [waiting]: 3, failed: 1 }, 'OK'],
  ['webhooks-stalled', { [waiting]: 0 }, 'OK'],
  ['webhooks-stalled', {}, 'OK'],
  ['webhooks-failing', { accepted: 10, failed: 11 }, 'ALARM'],
  ['webhooks-failing', { accepted: 10, failed: 10 }, 'OK'],
  ['webhooks-failing', { failed: 19 }, 'OK'],
  ['webhooks-failing', { failed: 20 }, 'ALARM'],
  ['webhooks-age', { [oldest]: 43_201 }, 'ALARM'],
  ['webhooks-age', { [oldest]: 43_200 }, 'OK'],
  ['api-errors-partners', { Count: 10_000, '5XXError': 144 }, 'ALARM'],
  ['api-errors-partners', { Count: 10_000, '5XXError': 143 }, 'OK'],
  ['api-errors-visitors', { Count: 70, '5xx': 2 }, 'ALARM'],
  ['api-errors-visitors', { Count: 70, '5xx': 1 }, 'OK'],
  ['api-errors-visitors', { Count: 69, '5xx': 69 }, 'OK'],
  ['api-refused-partners', { Count: 100, '4XXError': 51 }, 'ALARM'],
  ['api-refused-partners', { Count: 100, '4XXError': 50 }, 'OK'],
  ['api-refused-visitors', { Count: 59, '4xx': 59 }, 'OK'],
  ['api-latency-visitors', { Latency: 201 }, 'ALARM'],
  ['api-latency-visitors', { Latency: 200 }, 'OK'],
  ['api-latency-visitors', {}, 'OK'],
  ['deployment-errors', requests(10_000, 144), 'ALARM'],
  ['deployment-errors', requests(10_000, 143), 'OK'],
  ['deployment-errors', requests(69, 69), 'OK'],
  // A tenth of the traffic that fails altogether, however many requests there are.
  ['deployment-errors', requests(100, 10), 'ALARM'],
  // No task at all: only the load balancer answers.
  ['deployment-errors', { HTTPCode_ELB_5XX_Count: 100 }, 'ALARM'],
  ['deployment-latency', { TargetResponseTime: 0.201 }, 'ALARM'],
  ['deployment-latency', { TargetResponseTime: 0.2 }, 'OK'],
  ['deployment-unhealthy', { UnHealthyHostCount: 0 }, 'OK'],
  ['deployment-unhealthy', { UnHealthyHostCount: 1 }, 'ALARM'],
  ['deployment-unhealthy', {}, 'OK'],
])('%s with %j is %s', (id, levels, state) => {
  expect(stateOf(id, levels)).toBe(state);
});

test('an objective of 90 % leaves no room for the fastest rate, so the next one pages: six times 10 %', () => {
  expect(stateOf('api-errors-visitors', { Count: 10, '5xx': 6 }, quiet)).toBe('ALARM');
  expect(stateOf('api-errors-visitors', { Count: 10, '5xx': 5 }, quiet)).toBe('OK');
});

test('a version bakes at least as long as the alarms on its traffic look back, with three minutes to begin and arrive', () => {
  const [service] = assembly.ofType('AWS::ECS::Service').filter((resource) => resource.property('LoadBalancers'));
  const minutes = (...path: string[]) => Number(service?.property('DeploymentConfiguration', ...path));
  for (const id of ['deployment-errors', 'deployment-latency']) {
    const periods = Number(alarmCalled(id, assembly)?.property('EvaluationPeriods'));
    expect(minutes('CanaryConfiguration', 'CanaryBakeTimeInMinutes')).toBeGreaterThanOrEqual(periods + 3);
    expect(minutes('BakeTimeInMinutes')).toBeGreaterThanOrEqual(periods + 3);
  }
});

test('webhooks are late at half of the time that they are tried for, and silent longer than the longest pause', () => {
  const setting = (id: string, name: string) => Number(alarmCalled(id, assembly)?.property(name));
  expect(setting('webhooks-age', 'Threshold')).toBe(defaultRetries.windowMillis / 2000);
  const minutes = setting('webhooks-stalled', 'EvaluationPeriods') * 15;
  expect(minutes * 60_000).toBeGreaterThan(defaultRetries.maxMillis);
});
