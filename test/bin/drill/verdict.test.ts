import { Duration } from 'aws-cdk-lib';
import { evidenceMarkdown, evidenceOf } from '../../../bin/drill/verdict';

const environment = {
  name: 'production',
  objectives: { recovery: { point: Duration.minutes(5), time: Duration.hours(1) } },
};
const about = {
  drill: 'region-lost',
  place: 'this machine',
  startedAt: '2026-01-01T00:00:00.000Z',
  timeline: [
    { at: 1_000, what: 'freeze' },
    { at: 3_500, what: 'thaw' },
  ],
};

test('a drill passes within the objectives', () => {
  const findings = { recoverySeconds: 3_600, dataLossSeconds: 300, measured: { lost: 7 }, problems: [] };
  const evidence = evidenceOf(about, findings, environment);
  expect(evidence).toMatchObject({ passed: true, objectives: { recoverySeconds: 3_600, dataLossSeconds: 300 } });
  const text = evidenceMarkdown(evidence);
  expect(text).toContain('# Drill region-lost: passed');
  expect(text).toContain('| data loss (RPO) | 300 s | 300 s |');
  expect(text).toContain('| lost | 7 |  |');
  expect(text).toContain('| 2.50 | thaw |');
});

test('a drill fails by its problems and by each objective, and says all of it', () => {
  const findings = { recoverySeconds: 3_601, dataLossSeconds: 301, measured: {}, problems: ['2 rows differ'] };
  const { passed, problems } = evidenceOf(about, findings, environment);
  expect(passed).toBe(false);
  expect(problems).toEqual([
    '2 rows differ',
    'recovery took 3601 s, the objective is 3600 s',
    '301 s of writes were lost, the objective is 300 s',
  ]);
  expect(evidenceMarkdown(evidenceOf(about, findings, environment))).toContain('* 2 rows differ');
});
