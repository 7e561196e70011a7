import { dashboardPage, readDashboard } from '../../../analysis/dashboards';
import { assemblyOf } from '../checks/template-assembly';

const ERRORS = 'IF(requests > 0, 100 * FILL(bad, 0) / requests, 0)';
const metrics = (...rows: unknown[]) => rows;
const widgets = [
  { type: 'text', properties: { markdown: '## Users' } },
  {
    type: 'metric',
    properties: {
      title: 'Failed, %',
      metrics: metrics(
        [{ id: 'e1', expression: ERRORS, label: 'failed', period: 60 }],
        ['AWS/ApplicationELB', 'RequestCount', { id: 'requests', visible: false, stat: 'Sum', period: 60 }],
        ['AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', { id: 'bad', visible: false, stat: 'Sum', period: 60 }],
      ),
      annotations: { horizontal: [{ label: 'page', value: 5 }] },
    },
  },
  {
    type: 'metric',
    properties: {
      title: 'CPU and memory',
      metrics: metrics(
        ['AWS/ECS', 'CPUUtilization', { label: 'CPU', period: 60 }],
        ['AWS/ECS', 'MemoryUtilization', { label: 'memory <b>', period: 60 }],
      ),
    },
  },
  { type: 'text', properties: { markdown: '## Database' } },
  {
    type: 'metric',
    properties: { title: 'Writer', metrics: metrics(['AWS/RDS', 'CPUUtilization', { period: 60 }]) },
  },
  {
    type: 'metric',
    properties: { title: 'A day', metrics: metrics(['AWS/ApplicationELB', 'RequestCount', { period: 86_400 }]) },
  },
];
const [resource] = assemblyOf({
  Board: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: JSON.stringify({ widgets }) } },
}).ofType('AWS::CloudWatch::Dashboard');
const row = (atSeconds: number, requests: number, failed: number) => ({
  atSeconds,
  seconds: 60,
  requests,
  failed,
  slow: 0,
  p50Ms: 10,
  p95Ms: 20,
  p99Ms: undefined,
  running: 2,
  desired: 2,
  cpuPercent: 40,
  readers: 1,
});

function page(): string {
  if (resource === undefined) throw new Error('the dashboard is in the template');
  return dashboardPage(readDashboard(resource), { rows: [row(0, 200, 10), row(60, 0, 0)], events: [] }, 'a <spike>');
}

test('graphs are computed from the rehearsal, expressions by the arithmetic of CloudWatch', () => {
  const [, data = ''] = /id="data">(.*?)<\/script>/.exec(page()) ?? [];
  expect(JSON.parse(data)).toEqual({
    at: [0, 60],
    panels: [
      { title: 'Failed, %', series: [{ label: 'failed', values: [5, 0] }], lines: [5] },
      { title: 'CPU and memory', series: [{ label: 'CPU', values: [40, 40] }], lines: [] },
    ],
  });
});

test('what the rehearsal does not have is left out and named, with its heading when nothing is left under it', () => {
  const html = page();
  expect(html).toContain('Not simulated, so not drawn: CPU and memory: memory &lt;b&gt;; Writer; A day.');
  expect(html).toContain('<h2>Users</h2>');
  expect(html).not.toContain('<h2>Database</h2>');
  expect(html).toContain('a &lt;spike&gt;');
});
