import { escapeHtml, flameGraph, hottest } from './flame-graph';
import type { ServiceProfile } from './profile-service';

const STYLE = `
  :root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
  body { max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }
  h2 { margin-top: 2.5rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0; border-bottom: 1px solid #8884; }
  td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
  code, pre { font: 12px/1.5 ui-monospace, monospace; }
  pre { overflow-x: auto; background: #8881; padding: 8px; }
  #flame { position: relative; overflow: hidden; }
  .frame { position: absolute; height: 17px; overflow: hidden; white-space: nowrap; font-size: 11px; line-height: 17px;
    padding-left: 2px; box-sizing: border-box; border-right: 1px solid #fff8; color: #222; cursor: pointer; }`;

/** A click makes a frame as wide as the page; a click on the lowest one shows all again. */
const SCRIPT = `
  const frames = [...document.querySelectorAll('.frame')];
  document.getElementById('flame').addEventListener('click', ({ target }) => {
    const { left, width } = target.dataset;
    for (const frame of frames) {
      frame.style.left = 100 * (frame.dataset.left - left) / width + '%';
      frame.style.width = 100 * frame.dataset.width / width + '%';
    }
  });`;

const ms = (value: number | null): string => (value === null ? '–' : value.toFixed(1));

/** The report as one file that works offline. */
export function profileHtml(profile: ServiceProfile): string {
  const { load, cpu, eventLoopDelay, statements, repeated, indexes } = profile;
  const { latency } = load;
  const summary = table(
    ['what', 'mean', 'p50', 'p95', 'p99'],
    [
      ['latency, ms', ms(latency.mean), ms(latency.p50), ms(latency.p95), ms(latency.p99)],
      ['event loop late by, ms', ...(['mean', 'p50', 'p95', 'p99'] as const).map((key) => ms(eventLoopDelay[key]))],
    ],
  );
  const hot = table(
    ['function', 'own time, ms', 'share'],
    hottest(cpu, 15).map(({ name, selfMs }) => [name, ms(selfMs), `${((100 * selfMs) / cpu.totalMs).toFixed(1)} %`]),
  );
  const slow = statements.map(
    ({ sql, calls, totalMs, meanMs, maxMs, plan }) =>
      `<details><summary><code>${escapeHtml(shorten(sql))}</code> · ${calls} calls · mean ${ms(meanMs)} ms · max ${ms(maxMs)} ms · ` +
      `total ${ms(totalMs)} ms</summary><pre>${escapeHtml(sql)}</pre><pre>${escapeHtml(plan)}</pre></details>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Profile of the service</title><style>${STYLE}</style></head><body>
<h1>Profile of the service under load</h1>
<p>${load.requests} requests in ${load.seconds.toFixed(0)} s (${load.arrivalRate.toFixed(0)} per second, open loop), ${load.failed} failed.
One process on a primary, two replicas and a cache.</p>
${summary}
<h2>CPU: ${(cpu.totalMs / 1000).toFixed(1)} s, idle time left out</h2>
<p>Width is time, a frame stands on who called it. Click to zoom, click the top frame to go back.</p>
${flameGraph(cpu)}
<h2>Hottest functions</h2>${hot}
<h2>Statements by total time</h2>${slow.join('\n')}
<h2>N+1: the same statement again and again for one request</h2>
${
  repeated.length === 0
    ? '<p>None, with every cache cold.</p>'
    : table(
        ['request', 'times', 'statement'],
        repeated.map(({ request, times, sql }) => [request, String(times), sql]),
      )
}
<h2>Missing indexes</h2>
${
  indexes.length === 0
    ? '<p>None: no statement reads many rows to throw them away.</p>'
    : table(
        ['suggestion', 'because'],
        indexes.map(({ statement, reason }) => [statement, reason]),
      )
}
<script>${SCRIPT}</script></body></html>
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (tag: 'th' | 'td') => (text: string, column: number) =>
    `<${tag}${column === 0 ? '' : ' class="number"'}>${escapeHtml(text)}</${tag}>`;
  const line = (tag: 'th' | 'td', cells: readonly string[]): string => `<tr>${cells.map(cell(tag)).join('')}</tr>`;
  return `<table>${line('th', head)}${rows.map((row) => line('td', row)).join('\n')}</table>`;
}

const SHOWN = 110;

function shorten(sql: string): string {
  return sql.length <= SHOWN ? sql : `${sql.slice(0, SHOWN)}…`;
}
