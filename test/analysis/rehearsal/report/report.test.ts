import vm from 'node:vm';
import { DEFAULT_OBJECTIVES } from '../../../../analysis/rehearsal/objectives';
import { Players } from '../../../../analysis/rehearsal/play/players';
import type { Scenario } from '../../../../analysis/rehearsal/play/scenarios';
import { type RehearsalReport, rehearse } from '../../../../analysis/rehearsal/rehearse';
import { rehearsalHtml } from '../../../../analysis/rehearsal/report/html';
import { markdownTable, rehearsalMarkdown } from '../../../../analysis/rehearsal/report/markdown';
import { PAGE_SCRIPT } from '../../../../analysis/rehearsal/report/page-script';
import { plotData } from '../../../../analysis/rehearsal/report/plot-data';
import type { Outcome } from '../../../../analysis/rehearsal/simulation/outcome';
import {
  DEFAULT_DEPLOYMENT,
  DEFAULT_SERVICE,
  DEFAULT_TARGET_GROUP,
} from '../../../../analysis/rehearsal/simulation/simulation-input';
import type { ControlEvent } from '../../../../analysis/rehearsal/simulation/target-controller';
import { CPU_50 } from '../simulation/inputs';

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'calm',
    description: 'a load that two tasks take',
    traffic: { kind: 'steady', name: 'calm', rps: 20, durationSeconds: 300 },
    faults: [],
    burstiness: 0,
  },
  {
    name: 'storm <b>',
    description: 'a load that no task takes',
    traffic: { kind: 'steady', name: 'storm', rps: 3000, durationSeconds: 120 },
    faults: [],
    burstiness: 0,
  },
];

async function report(): Promise<RehearsalReport> {
  const model = {
    name: 'Web',
    address: 'Stack/Web',
    scaling: { ...CPU_50, maxCapacity: 3 },
    targetGroup: DEFAULT_TARGET_GROUP,
    deployment: DEFAULT_DEPLOYMENT,
    taskCpuUnits: 1024,
    taskMemoryMiB: 2048,
    arm: true,
    region: 'us-east-1',
    strategy: 'ROLLING',
    highResolution: false,
    readers: undefined,
    notModelled: ['Stack/Web: something <odd>'],
  };
  const application = {
    service: DEFAULT_SERVICE,
    taskCapacityRps: 50,
    startEpochSeconds: 0,
    forecastModel: 'perfect-hour',
    assumptions: ['a task takes 50 requests/s'],
  } as const;
  const given = { title: 'Web', model, application, objectives: DEFAULT_OBJECTIVES, taskHourUsd: 0.04 };
  return rehearse(given, SCENARIOS, new Players(0, ''), [1, 2, 3], () => {});
}

let made: RehearsalReport;
beforeAll(async () => {
  made = await report();
});

test('says which scenario holds and which objective fails', () => {
  expect(made.rehearsals.map(({ verdict }) => verdict.holds)).toEqual([true, false]);
  const text = rehearsalMarkdown(made, []);
  expect(text).toContain('| calm | 20.0 | holds |');
  expect(text).toContain('## What does not hold');
  expect(text).toContain('| storm <b> | answered requests | ≥ 99.90 % |');
  // 3000 requests/s for tasks of 50.
  expect(text).toMatch(/the load keeps \d\d\.\d tasks busy, \d ran/);
  expect(text).toContain('- not modelled: Stack/Web: something <odd>');
  expect(text).toContain('maximum-below-peak');
});

test('the page is whole: nothing is loaded from elsewhere, and names are escaped', () => {
  const page = rehearsalHtml(made, [
    {
      label: 'launch = 6 s',
      holds: true,
      badMinutes: { low: 0, median: 0, high: 1 },
      meanTasks: { low: 2, median: 2, high: 2 },
    },
  ]);
  expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)=/);
  expect(page).toContain('storm &lt;b&gt;');
  expect(page).toContain('launch = 6 s');
});

test('the script of the page draws five plots per scenario from the data in it', () => {
  const page = rehearsalHtml(made, []);
  const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  const drawn: { title: string; columns: number[] }[] = [];
  class UPlot {
    public static readonly paths = { stepped: () => ({}) };
    public constructor(options: { title: string }, columns: readonly (readonly unknown[])[]) {
      drawn.push({ title: options.title, columns: columns.map(({ length }) => length) });
    }
  }
  const body = { dataset: {} as Record<string, string> };
  const getElementById = (id: string) => (id === 'data' ? { textContent: data } : { clientWidth: 800 });
  vm.runInNewContext(PAGE_SCRIPT, { uPlot: UPlot, document: { getElementById, body } });
  const titles = ['Load, requests/s', 'Tasks', 'Latency, ms', 'CPU, %', 'Alarms and actions'];
  expect(drawn.map(({ title }) => title)).toEqual([...titles, ...titles]);
  const rows = made.rehearsals.map(({ shown }) => shown.rows.length);
  expect(new Set(drawn.slice(0, 5).flatMap(({ columns }) => columns))).toEqual(new Set([rows[0]]));
  expect(body.dataset['ready']).toBe('yes');
});

test('every scenario can be reached from the table, and the summary counts those that fail', () => {
  const page = rehearsalHtml(made, []);
  expect(page).toContain('<a href="#scenario-storm%20%3Cb%3E">storm &lt;b&gt;</a>');
  expect(page).toContain('<h2 id="scenario-storm%20%3Cb%3E">');
  expect(page).toContain('Objectives fail in 1</b> of 2 scenarios, 3 seeds each.');
});

test('alarms are bars from ALARM to OK, actions say what they did', () => {
  const [first] = made.rehearsals;
  if (first === undefined) throw new Error('nothing was rehearsed');
  const alarm = (atSeconds: number, name: string, state: 'ALARM' | 'OK'): ControlEvent => ({
    atSeconds,
    kind: 'alarm',
    text: '',
    alarm: { name, state },
  });
  const shown: Outcome = {
    ...first.shown,
    durationSeconds: 300,
    worstWindow: { atSeconds: 60, seconds: 300, p95Ms: 201 },
    events: [
      alarm(10, 'ScalingCpuHigh627CF915', 'ALARM'),
      { atSeconds: 12, kind: 'scale-out', text: 'ScalingCpuHighPolicy5E077BD6: 2 → 5' },
      alarm(50, 'ScalingCpuHigh627CF915', 'OK'),
      alarm(70, 'Tracker106E0D55/AlarmHigh', 'ALARM'),
      alarm(90, 'ScalingCpuHigh627CF915', 'ALARM'),
      { atSeconds: 95, kind: 'fault', text: 'metrics are lost' },
    ],
  };
  expect(plotData({ ...first, shown }, made)).toMatchObject({
    objectiveMs: 200,
    maxTasks: 3,
    worst: { from: 60, to: 360, holds: false },
    alarms: [
      {
        name: 'ScalingCpuHigh',
        spans: [
          [10, 50],
          [90, 300],
        ],
      },
      { name: 'Tracker/AlarmHigh', spans: [[70, 300]] },
    ],
    actions: [
      { at: 12, kind: 'scale-out', label: '2 → 5' },
      { at: 95, kind: 'fault', label: 'metrics are lost' },
    ],
  });
});

test('a Markdown table escapes what would end a cell', () => {
  expect(markdownTable(['a|b'], [[1]])).toBe('| a\\|b |\n| --- |\n| 1 |');
});
