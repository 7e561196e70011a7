import { escaped } from '../../rehearsal';
import type { Finding, Page, PageSection } from './page';
import type { Table } from './table';

const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --page: #fff; --line: #d8dee4; --quiet: #59636e; --danger: #cf222e; --warning: #9a6700; --note: #0969da; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --page: #0d1117; --line: #3d444d; --quiet: #9198a1; --danger: #ff7b72; --warning: #d29922; --note: #58a6ff; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); } h3 { font-size: 1rem; margin: 1rem 0 .2rem; }
.headline { font-size: 1.15rem; margin: .3rem 0 0; }
.finding { border-left: 4px solid var(--note); padding: .1rem 0 .1rem 1rem; margin: 1rem 0; }
.finding.danger { border-color: var(--danger); } .finding.warning { border-color: var(--warning); }
.severity { font-weight: 600; color: var(--note); } .danger .severity { color: var(--danger); } .warning .severity { color: var(--warning); }
.finding p { margin: .2rem 0; } .finding ul { margin: .3rem 0; padding-left: 1.1rem; } .quiet, .finding code.id { color: var(--quiet); }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 16px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
details { margin: 1rem 0; } summary { cursor: pointer; } details ul { font-size: 13px; overflow-wrap: anywhere; }
`;

/** Places of one rule that are in sight; the others are folded. */
const MOST_PLACES = 10;

/** The page that needs nothing but itself: no script, no network. */
export function reviewHtml(page: Page): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(page.title)}</title><style>${STYLE}</style></head>
<body>
<h1>${escaped(page.title)}</h1>
<p class="headline">${escaped(page.headline)}</p>
${page.sections.map(section).join('\n')}
${page.list.length === 0 ? '' : folded(`${page.list.length} resources`, page.list.map(escaped))}
${page.remarks.map((remark) => `<p class="quiet">${escaped(remark)}</p>`).join('\n')}
</body>
</html>
`;
}

function section({ title, findings, tables }: PageSection): string {
  return [`<h2>${escaped(title)}</h2>`, ...findings.map(finding), ...tables.map(table)].join('\n');
}

function finding({ id, severity, finds, why, wayOut, places }: Finding): string {
  const items = places.map(({ environments, at, what, detail }) => {
    const where = environments === '' ? '' : `<span class="quiet">${escaped(environments)}</span> `;
    const rest = detail === '' ? '' : `<span class="quiet">; ${escaped(detail)}</span>`;
    return `${where}<code>${escaped(at)}</code> ${escaped(what)}${rest}`;
  });
  const more = items.slice(MOST_PLACES);
  return `<div class="finding ${severity}">
<p><span class="severity">${severity}</span> ${escaped(finds)} <code class="id">${id}</code></p>
${list(items.slice(0, MOST_PLACES))}
${more.length === 0 ? '' : folded(`${more.length} more`, more)}
<p class="quiet">Why: ${withCode(why)}.<br>Way out: ${withCode(wayOut)}.</p>
</div>`;
}

function table({ title, head, rows }: Table): string {
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  return `<h3>${escaped(title)}</h3>\n<table><thead><tr>${cells('th', head)}</tr></thead><tbody>${body}</tbody></table>`;
}

function folded(title: string, items: readonly string[]): string {
  return `<details><summary>${title}</summary>${list(items)}</details>`;
}

/** The texts of the rules have code between backticks. */
function withCode(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/gu, '<code>$1</code>');
}

/** Of HTML. */
function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('\n')}</ul>`;
}
