import { staging } from '../../lib/config/staging';
import { synthesizePlatform } from './synthesized';

const observability = { ...staging.observability, serviceLevelObjectives: 'application-signals' } as const;
// With CloudFormation's own rules on: no environment of ours deploys these resources, so nothing else looks at them.
process.env['CDK_VALIDATION'] = 'true';
const { assembly } = synthesizePlatform({ environments: [{ ...staging, observability }] });
process.env['CDK_VALIDATION'] = 'false';
const [availability, latency] = assembly.ofType('AWS::ApplicationSignals::ServiceLevelObjective');

test('both objectives are registered, over four weeks, with the windows of the burn rates', () => {
  expect(availability?.property('Goal', 'AttainmentGoal')).toBe(100 * staging.objectives.availability);
  expect(latency?.property('Goal', 'AttainmentGoal')).toBe(95);
  for (const objective of [availability, latency]) {
    expect(objective?.property('Goal', 'Interval', 'RollingInterval')).toEqual({ Duration: 28, DurationUnit: 'DAY' });
    // An hour, six hours, a day, three days: https://sre.google/workbook/alerting-on-slos/
    expect(objective?.property('BurnRateConfigurations')).toEqual(
      [60, 360, 1440, 4320].map((LookBackWindowMinutes) => ({ LookBackWindowMinutes })),
    );
  }
});

test('errors of the targets are bad, answers within the objective are good', () => {
  const metric = (path: string) => [
    'RequestBasedSli',
    'RequestBasedSliMetric',
    'MonitoredRequestCountMetric',
    path,
    0,
    'MetricStat',
  ];
  expect(availability?.property(...metric('BadCountMetric'), 'Metric', 'MetricName')).toBe('HTTPCode_Target_5XX_Count');
  const seconds = staging.objectives.latency.p95.toSeconds({ integral: false });
  expect(latency?.property(...metric('GoodCountMetric'), 'Stat')).toBe(`TC(:${seconds})`);
});
