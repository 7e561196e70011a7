import type { Saving } from '../savings/saving';
import { componentChart } from './chart';
import {
  COMPONENT_HEAD,
  componentRows,
  type EstimateReport,
  headline,
  LINE_HEAD,
  lineRows,
  remarks,
  unpricedRows,
} from './estimate-report';
import { SAVING_HEAD, savingRows } from './saving-report';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1c1c1c; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.total { font-size: 1.25rem; margin-top: .2rem; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid #e3e3e3; vertical-align: top; overflow-wrap: anywhere; }
th { border-bottom: 2px solid #999; }
td.short { white-space: nowrap; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { max-width: 100%; height: auto; } svg text { font-size: 13px; dominant-baseline: central; }
svg .label { text-anchor: end; } svg .whisker { stroke: #1c1c1c; stroke-width: 1.5; fill: none; paint-order: stroke; filter: drop-shadow(0 0 1px #fff) drop-shadow(0 0 1px #fff); }
.unpriced { background: #fff3e8; padding: .1rem 1rem 1rem; border-left: 4px solid #c8553d; }
`;

/** The report as one page that needs nothing but itself. */
export function estimateHtml(
  reports: readonly { readonly report: EstimateReport; readonly savings: readonly Saving[] }[],
): string {
  const title = `Cost of ${reports.map(({ report }) => report.title).join(', ')}`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
${reports.map(({ report, savings }) => section(report, savings)).join('\n')}
</body>
</html>
`;
}

function section(report: EstimateReport, savings: readonly Saving[]): string {
  const unpriced = unpricedRows(report);
  return [
    `<h1>Cost of ${escapeHtml(report.title)}</h1>`,
    `<p class="total">${escapeHtml(headline(report))}</p>`,
    `<ul>${remarks(report)
      .map((text) => `<li>${escapeHtml(text)}</li>`)
      .join('')}</ul>`,
    unpriced.length > 0
      ? `<div class="unpriced"><h2>Unpriced</h2>${table(['resource', 'type', 'why'], unpriced)}</div>`
      : '',
    '<h2>By component</h2>',
    componentChart(report.estimate),
    table(COMPONENT_HEAD, componentRows(report)),
    savings.length > 0 ? `<h2>What would save</h2>${table(SAVING_HEAD, savingRows(savings))}` : '',
    '<h2>Every line</h2>',
    table(LINE_HEAD, lineRows(report)),
  ].join('\n');
}

const NUMBERS = ['low', 'expected', 'high', 'share', 'USD'];
const SHORT = ['low – high', 'meter', 'from'];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const kind = head.map((name) =>
    NUMBERS.includes(name) ? ' class="number"' : SHORT.includes(name) ? ' class="short"' : '',
  );
  const cells = (tag: string, row: readonly string[]): string =>
    row.map((cell, index) => `<${tag}${kind[index] ?? ''}>${escapeHtml(cell)}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  return `<table><thead><tr>${cells('th', head)}</tr></thead><tbody>${body}</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
