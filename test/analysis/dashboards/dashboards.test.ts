import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardProblems, readDashboard } from '../../../analysis/dashboards';
import { grafanaDashboards } from '../../../bin/commands/grafana';
import { production } from '../../../lib/config/production';
import { synthesizePlatform } from '../../platform/synthesized';
import { assemblyOf } from '../checks/template-assembly';

const { assembly } = synthesizePlatform({ environments: [production] });
const dashboards = grafanaDashboards(assembly);

test('every dashboard of the platform is there for Grafana too', () => {
  expect(dashboards.map(({ title }) => title)).toEqual([
    'Production CostDashboard',
    'Production Overview',
    'Production Scaling',
    'Production Database',
    'Production Cache',
    'Production Edge',
    'Production Capacity',
  ]);
});

test("the files are dashboards by Grafana's own types", () => {
  // Inside the repository, so that the compiler finds Grafana's package.
  const directory = mkdtempSync(path.join('dist', 'grafana-types-'));
  try {
    const file = path.join(directory, 'dashboards.ts');
    const lines = [
      "import type { Dashboard } from '@grafana/schema';",
      "import type { CloudWatchMetricsQuery } from '@grafana/schema/dist/esm/raw/composable/cloudwatch/dataquery/x/CloudWatchDataQuery_types.gen';",
      // A JSON file knows no enumerations: numbers and words stand for them there, so they do here.
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is TypeScript's own template type
      'type Plain<T> = T extends string ? `${T}` : T extends (infer I)[] ? Plain<I>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;',
      `export const dashboards: Plain<Dashboard>[] = ${JSON.stringify(dashboards)};`,
      `export const queries: Plain<CloudWatchMetricsQuery>[] = ${JSON.stringify(queriesOf(dashboards))};`,
    ];
    writeFileSync(file, lines.join('\n'));
    const flags = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
    ];
    const run = () =>
      execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...flags, file], { encoding: 'utf8' });
    expect(run()).toBe('');
    writeFileSync(file, [...lines, "dashboards[0]!.schemaVersion = 'new';"].join('\n'));
    expect(run).toThrow();
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 120_000);

test('every query asks for a metric with the names of variables, or computes from queries of its panel', () => {
  for (const { title, panels = [], templating } of dashboards) {
    const variables = new Set((templating?.list ?? []).map(({ name }) => name));
    for (const panel of panels) {
      const targets = ('targets' in panel ? panel.targets : undefined) ?? [];
      const ids = targets.map(({ id }) => id);
      expect([title, panel.title, new Set(ids).size]).toEqual([title, panel.title, ids.length]);
      for (const { dimensions = {}, expression, namespace } of targets as readonly Partial<Query>[]) {
        const used = Object.values(dimensions).flatMap((value) =>
          [...value.matchAll(/\$(\w+)/g)].map(([, name]) => name),
        );
        expect(used.filter((name) => !variables.has(name ?? ''))).toEqual([]);
        expect(namespace !== '' || expression !== '').toBe(true);
      }
    }
  }
});

test('thresholds of alarms are lines of the panels', () => {
  const overview = dashboards.find(({ title }) => title === 'Production Overview');
  const latency = overview?.panels?.find(({ title }) => title === 'Response time, seconds');
  const steps = [
    { value: null, color: 'transparent' },
    { value: 0.2, color: 'red' },
  ];
  expect(latency).toMatchObject({ fieldConfig: { defaults: { thresholds: { steps } } } });
});

test('the dashboards are made without physical names', () => {
  const named = assembly
    .ofType('AWS::CloudWatch::Dashboard')
    .filter((item) => item.property('DashboardName') !== undefined);
  expect(named.map(({ address }) => address)).toEqual([]);
});

describe('limits', () => {
  const graph = (properties: object, place: object = {}) => ({
    type: 'metric',
    x: 0,
    y: 0,
    width: 8,
    height: 6,
    ...place,
    properties: { title: 'CPU', region: 'us-east-1', metrics: [['AWS/ECS', 'CPUUtilization']], ...properties },
  });
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ['A', 'b', { id: `m${index}`, period: 60 }]);
  const problems = (...widgets: object[]): string[] => {
    const body = JSON.stringify({ widgets });
    const [resource] = assemblyOf({
      Board: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: body } },
    }).resources;
    return resource === undefined ? ['no dashboard'] : dashboardProblems(resource);
  };

  test.each<[string, string, object[]]>([
    ['too many metrics in a widget', "'CPU' has 101 metrics of at most 100: split it", [graph({ metrics: many(101) })]],
    [
      'too many metrics in all',
      'it has 600 metrics of at most 500: split it',
      Array.from({ length: 6 }, (_, y) => graph({ metrics: many(100) }, { y: y * 6 })),
    ],
    ['a graph of nothing', "'CPU' shows nothing: leave it out", [graph({ metrics: [['A', 'b', { visible: false }]] })]],
    [
      'an id that is there twice',
      "'CPU' has an id twice: rename one",
      [
        graph({
          metrics: [
            ['A', 'b', { id: 'a' }],
            ['A', 'c', { id: 'a' }],
          ],
        }),
      ],
    ],
    ['a place beside the page', "'CPU' ends at column 26 of 24: move it", [graph({}, { x: 18 })]],
    [
      'two in one place',
      "'CPU' and 'Memory' lie on each other: move one",
      [graph({}), graph({ title: 'Memory' }, { x: 4 })],
    ],
    ['a period that is none', "'CPU' has a period of 45 s, which is none", [graph({ period: 45 })]],
  ])('refuses %s', (_name, message, widgets) => {
    expect(problems(...widgets)).toEqual([message]);
  });

  test('accepts what fits', () => {
    expect(problems(graph({}), graph({ title: 'Memory' }, { x: 8 }))).toEqual([]);
  });
});

test('reads series with their axis, period and expression', () => {
  const body = {
    start: '-P28D',
    widgets: [
      {
        type: 'metric',
        properties: {
          region: 'eu-west-1',
          period: 60,
          metrics: [
            ['AWS/SQS', 'Age', 'QueueName', 'jobs', { stat: 'Maximum', yAxis: 'right', label: 'age' }],
            [{ expression: 's0 / 60', id: 'minutes', region: 'us-east-1' }],
          ],
        },
      },
    ],
  };
  const [resource] = assemblyOf({
    Board: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: JSON.stringify(body) } },
  }).resources;
  const model = resource && readDashboard(resource);
  expect(model).toMatchObject({ name: 'Board', start: '-P28D' });
  expect(model?.widgets[0]?.series).toEqual([
    {
      id: 's0',
      label: 'age',
      hidden: false,
      rightAxis: true,
      periodSeconds: 60,
      region: 'eu-west-1',
      source: {
        kind: 'metric',
        namespace: 'AWS/SQS',
        name: 'Age',
        statistic: 'Maximum',
        dimensions: { QueueName: 'jobs' },
      },
    },
    {
      id: 'minutes',
      label: '',
      hidden: false,
      rightAxis: false,
      periodSeconds: 60,
      region: 'us-east-1',
      source: { kind: 'expression', expression: 's0 / 60' },
    },
  ]);
});

interface Query {
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly expression: string;
  readonly namespace: string;
}

function queriesOf(all: typeof dashboards): unknown[] {
  return all.flatMap(({ panels = [] }) => panels.flatMap((panel) => ('targets' in panel ? (panel.targets ?? []) : [])));
}
