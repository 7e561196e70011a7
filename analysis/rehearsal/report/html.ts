import type { Rehearsal, RehearsalReport } from '../rehearse';
import type { SensitivityRow } from '../verdict/sensitivity';
import { clock } from '../verdict/verdict';
import { dataScript, escaped, uplot } from './page-parts';
import { PAGE_SCRIPT } from './page-script';
import { plotData } from './plot-data';
import {
  CAPACITY_HEAD,
  type Cell,
  capacityRows,
  FAILURE_HEAD,
  failureRows,
  SCENARIO_HEAD,
  SENSITIVITY_HEAD,
  scenarioRows,
  sensitivityRows,
} from './tables';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2328; max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }
.data { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; margin: .5rem 0 1rem; }
.data th, .data td { text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid #d8dee4; vertical-align: top; }
.data .number { text-align: right; }
h2 { margin: 2.2rem 0 .3rem; } a { color: inherit; text-decoration-color: #d0d7de; }
.holds { color: #1a7f37; } .fails { color: #d1242f; } .note { color: #656d76; }
.key { white-space: nowrap; margin-left: 12px; } .key i { display: inline-block; width: 14px; height: 10px; margin-right: 4px; }
details { margin: .5rem 0 1rem; } summary { cursor: pointer; }
.u-title { font-size: 14px; } .u-legend { font-size: 12px; } .events { max-height: 16rem; overflow: auto; display: block; }
`;

/** Most events listed under a plot. */
const LISTED = 400;

/** The report as one page that needs nothing but itself. */
export function rehearsalHtml(report: RehearsalReport, sensitivity: readonly SensitivityRow[]): string {
  const failures = failureRows(report.rehearsals);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Rehearsal of ${escaped(report.title)}</title>
<style>${uplot('uPlot.min.css')}${STYLE}</style></head>
<body>
<h1>Rehearsal of ${escaped(report.title)}</h1>
<p>${summaryOf(report)}</p>
${table(SCENARIO_HEAD, scenarioRows(report), (name) => `#${anchorOf(name)}`)}
${failures.length === 0 ? '' : `<h2 class="fails">What does not hold</h2>${table(FAILURE_HEAD, failures)}`}
<h2>What it took</h2>
${table(CAPACITY_HEAD, capacityRows(report))}
${report.lint.length === 0 ? '' : `<h2>Policies that have hurt others</h2><ul>${report.lint.map(({ rule, message, seen }) => `<li><code>${escaped(rule)}</code>: ${escaped(message)} (${escaped(seen)})</li>`).join('')}</ul>`}
${sensitivity.length === 0 ? '' : `<h2>Undocumented parameters, one at a time</h2>${table(SENSITIVITY_HEAD, sensitivityRows(sensitivity))}`}
<h2>Every scenario, second by second</h2>
<p class="note">Drag over a plot to zoom, double click to see everything. Lines:
${Object.entries(LINES)
  .map(([name, colour]) => `<span class="key"><i style="background:${colour}"></i>${name}</span>`)
  .join('')}.
Shaded in the latency: the worst five minutes. Dashed red: the objective, and the most tasks.</p>
${report.rehearsals.map(section).join('\n')}
<h2>What it rests on</h2>
<ul>${[...report.application.assumptions, ...report.model.notModelled.map((note) => `not modelled: ${note}`)].map((text) => `<li>${escaped(text)}</li>`).join('')}</ul>
${dataScript(report.rehearsals.map((rehearsal) => plotData(rehearsal, report)))}
<script>${uplot('uPlot.iife.min.js')}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** Colours of the actions, as the page's script has them. */
const LINES = {
  'tasks added': '#1a7f37',
  'tasks removed': '#1f6feb',
  schedule: '#8250df',
  deployment: '#6e7781',
  fault: '#d1242f',
  'task replaced': '#bc4c00',
  'alarm in ALARM': '#bf8700',
};

function summaryOf({ rehearsals }: RehearsalReport): string {
  const failed = rehearsals.filter(({ verdict }) => !verdict.holds).length;
  const count = `${rehearsals.length} scenario${rehearsals.length === 1 ? '' : 's'}`;
  const seeds = `${rehearsals[0]?.verdict.seeds ?? 0} seeds each`;
  return failed === 0
    ? `<b class="holds">Every objective holds</b> in ${count}, ${seeds}.`
    : `<b class="fails">Objectives fail in ${failed}</b> of ${count}, ${seeds}.`;
}

const anchorOf = (name: string): string => `scenario-${encodeURIComponent(name)}`;

function section({ scenario, verdict, shown }: Rehearsal, index: number): string {
  const events = shown.events.slice(0, LISTED).map(({ atSeconds, kind, text }) => [clock(atSeconds), kind, text]);
  return `<h2 id="${anchorOf(scenario.name)}">${escaped(scenario.name)} <small class="${verdict.holds ? 'holds' : 'fails'}">${verdict.holds ? 'holds' : 'fails'}</small></h2>
<p>${escaped(scenario.description)}. <span class="note">Seed ${shown.seed} of ${verdict.seeds}, the middle one by its bad minutes.</span></p>
<div id="plots-${index}"></div>
<details><summary>${shown.events.length} alarms and actions</summary><div class="events">${table(['at', 'kind', 'what'], events)}</div></details>`;
}

/** What is set flush right: a number with its unit, a band, or nothing. */
const NUMBER = /^([>≤≥]? ?[\d.,]+( (ms|s|min|%))?( \(.*\))?|–|)$/;

function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  linkOf?: (first: string) => string,
): string {
  const numeric = head.map((_, column) => rows.every((row) => NUMBER.test(String(row[column]))));
  const cell = (value: Cell, column: number) => {
    const text = escaped(String(value));
    const shown = column === 0 && linkOf !== undefined ? `<a href="${linkOf(String(value))}">${text}</a>` : text;
    const kind = value === 'FAILS' ? 'fails' : value === 'holds' ? 'holds' : numeric[column] ? 'number' : '';
    return `<td class="${kind}">${shown}</td>`;
  };
  const title = (name: string, column: number) =>
    `<th class="${numeric[column] ? 'number' : ''}">${escaped(name)}</th>`;
  return `<table class="data"><tr>${head.map(title).join('')}</tr>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</table>`;
}
