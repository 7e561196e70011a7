import { dataScript, escaped, uplot } from '../rehearsal/report/page-parts';
import { DASHBOARD_SCRIPT } from './page-script';
import type { DashboardModel, DashboardWidget } from './read-dashboard';
import { type Played, simulatedSeries } from './simulated-series';

const STYLE = `
body { font: 14px/1.5 system-ui, sans-serif; color: #1f2328; width: 1200px; margin: 1rem auto; }
h1 { font-size: 20px; margin: 0; } h2 { font-size: 16px; margin: .8rem 0 .2rem; }
.panels { display: grid; grid-template-columns: repeat(3, 390px); gap: 15px; }
.u-title { font-size: 13px; } .u-legend { font-size: 12px; } .missing { color: #656d76; }
.u-legend .u-value { display: none; }
`;

/** A graph as the page's script draws it. */
interface DrawnPanel {
  readonly title: string;
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  /** Thresholds of alarms. */
  readonly lines: readonly number[];
}

/** A heading, a graph, or the name of what the rehearsal does not have. */
type Part = { readonly heading: string } | { readonly panel: DrawnPanel } | { readonly missing: string };

/**
 * A dashboard, drawn from a rehearsal, as one page that needs nothing but itself. What the rehearsal has no metric for is
 * left out and named at the end.
 *
 * @param played what was played, for the line under the title
 */
export function dashboardPage(model: DashboardModel, outcome: Played, played: string): string {
  const parts = model.widgets.flatMap((widget) => partsOf(widget, outcome));
  const panels = parts.flatMap((part) => ('panel' in part ? [part.panel] : []));
  const missing = parts.flatMap((part) => ('missing' in part ? [part.missing] : []));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escaped(model.name)}</title><style>${uplot('uPlot.min.css')}${STYLE}</style></head>
<body>
<h1>${escaped(model.name)}</h1>
<div class="missing">${escaped(played)}; dashed lines are thresholds of alarms.</div>
${body(parts)}
${missing.length === 0 ? '' : `<p class="missing">Not simulated, so not drawn: ${missing.map(escaped).join('; ')}.</p>`}
${dataScript({ at: outcome.rows.map(({ atSeconds }) => atSeconds), panels })}
<script>${uplot('uPlot.iife.min.js')}</script>
<script>${DASHBOARD_SCRIPT}</script>
</body>
</html>
`;
}

/** Headings with at least one graph under them, and a place for each graph. */
function body(parts: readonly Part[]): string {
  const sections: { heading: string; panels: number }[] = [];
  for (const part of parts) {
    const section = sections.at(-1);
    if ('heading' in part) sections.push({ heading: part.heading, panels: 0 });
    else if ('panel' in part && section !== undefined) section.panels += 1;
  }
  return sections
    .filter(({ panels }) => panels > 0)
    .map(
      ({ heading, panels }) =>
        `<h2>${escaped(heading)}</h2><div class="panels">${'<div class="panel"></div>'.repeat(panels)}</div>`,
    )
    .join('\n');
}

function partsOf(widget: DashboardWidget, outcome: Played): Part[] {
  if (widget.kind === 'text') return [{ heading: widget.markdown.replace(/^#+ /, '') }];
  if (widget.kind === 'alarms') return [{ missing: widget.title }];
  const drawn = widget.series
    .filter(({ hidden }) => !hidden)
    .map((series) => ({ label: series.label, values: simulatedSeries(series, widget.series, outcome) }));
  const series = drawn.flatMap(({ label, values }) =>
    values === undefined ? [] : [{ label, values: values.map((value) => value ?? null) }],
  );
  if (series.length === 0) return [{ missing: widget.title }];
  const without = drawn.filter(({ values }) => values === undefined);
  return [
    { panel: { title: widget.title, series, lines: widget.lines.map(({ value }) => value) } },
    ...without.map(({ label }) => ({ missing: `${widget.title}: ${label}` })),
  ];
}
