import type { Rehearsal, RehearsalReport } from '../rehearse';
import type { SensitivityRow } from '../verdict/sensitivity';
import { clock } from '../verdict/verdict';
import { dataScript, escaped, uplot } from './page-parts';
import { PAGE_SCRIPT } from './page-script';
import {
  type Cell,
  FAILURE_HEAD,
  failureRows,
  SCENARIO_HEAD,
  SENSITIVITY_HEAD,
  scenarioRows,
  sensitivityRows,
} from './tables';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2328; max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 12px 3px 0; border-bottom: 1px solid #d8dee4; vertical-align: top; }
.holds { color: #1a7f37; } .fails { color: #d1242f; }
details { margin: .5rem 0 1rem; } summary { cursor: pointer; }
.u-legend { font-size: 12px; } .events { max-height: 16rem; overflow: auto; display: block; }
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
${table(SCENARIO_HEAD, scenarioRows(report))}
${failures.length === 0 ? '<p class="holds">Every objective holds in every scenario.</p>' : `<h2 class="fails">What does not hold</h2>${table(FAILURE_HEAD, failures)}`}
${report.lint.length === 0 ? '' : `<h2>Policies that have hurt others</h2><ul>${report.lint.map(({ rule, message, seen }) => `<li><code>${escaped(rule)}</code>: ${escaped(message)} (${escaped(seen)})</li>`).join('')}</ul>`}
${report.rehearsals.map(section).join('\n')}
${sensitivity.length === 0 ? '' : `<h2>Undocumented parameters, one at a time</h2>${table(SENSITIVITY_HEAD, sensitivityRows(sensitivity))}`}
<h2>What it rests on</h2>
<ul>${[...report.application.assumptions, ...report.model.notModelled.map((note) => `not modelled: ${note}`)].map((text) => `<li>${escaped(text)}</li>`).join('')}</ul>
${dataScript(report.rehearsals.map(seriesOf))}
<script>${uplot('uPlot.iife.min.js')}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** Columns over one time axis, as uPlot takes them. */
function seriesOf({ shown }: Rehearsal) {
  const column = (pick: (row: (typeof shown.rows)[number]) => number | undefined) =>
    shown.rows.map((row) => pick(row) ?? null);
  return {
    at: column(({ atSeconds }) => atSeconds),
    rps: column((row) => row.requests / row.seconds),
    failedRps: column((row) => row.failed / row.seconds),
    running: column(({ running }) => running),
    desired: column(({ desired }) => desired),
    p50: column(({ p50Ms }) => p50Ms),
    p95: column(({ p95Ms }) => p95Ms),
    p99: column(({ p99Ms }) => p99Ms),
    cpu: column(({ cpuPercent }) => cpuPercent),
    events: shown.events.map(({ atSeconds, kind }) => ({ at: atSeconds, kind })),
  };
}

function section({ scenario, verdict, shown }: Rehearsal, index: number): string {
  const events = shown.events.slice(0, LISTED).map(({ atSeconds, kind, text }) => [clock(atSeconds), kind, text]);
  return `<h2>${escaped(scenario.name)} <small class="${verdict.holds ? 'holds' : 'fails'}">${verdict.holds ? 'holds' : 'fails'}</small></h2>
<p>${escaped(scenario.description)}; ${verdict.seeds} seeds, seed ${shown.seed} shown. Drag to zoom, double click to see everything; dashed lines are alarms, solid ones actions.</p>
<div id="plots-${index}"></div>
<details><summary>${shown.events.length} alarms and actions</summary><div class="events">${table(['at', 'kind', 'what'], events)}</div></details>`;
}

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell) =>
    `<td${value === 'FAILS' ? ' class="fails"' : value === 'holds' ? ' class="holds"' : ''}>${escaped(String(value))}</td>`;
  return `<table><tr>${head.map((name) => `<th>${escaped(name)}</th>`).join('')}</tr>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</table>`;
}
