import type { Estimate } from '../estimate-model';
import { COMPONENTS, type Component } from '../prices/price-book';
import { money } from './format';

const WIDTH = 720;
const LABELS = 120;
const FIGURES = 90;
const ROW = 34;
const BAR = 18;

/** A colour per component; they differ in lightness too, for those who do not see the hue. */
const COLOURS: Readonly<Record<Component, string>> = {
  compute: '#1d4e89',
  database: '#c8553d',
  cache: '#f0a202',
  storage: '#7a9e7e',
  network: '#5c6b73',
  edge: '#3aa6b9',
  observability: '#8e6c8a',
  security: '#2f2f2f',
};

/** Bars per component as SVG: the expected cost, with a whisker from low to high. */
export function componentChart({ components }: Estimate): string {
  const shown = COMPONENTS.filter((name) => components[name].high > 0);
  const most = Math.max(...shown.map((name) => components[name].high), 1);
  const scale = (usd: number): number => (usd / most) * (WIDTH - LABELS - FIGURES);
  const rows = shown.map((name, index) => {
    const { low, expected, high } = components[name];
    const y = index * ROW + (ROW - BAR) / 2;
    const middle = y + BAR / 2;
    return `<g>
<title>${name}: ${money(expected)} USD, ${money(low)} to ${money(high)}</title>
<text x="${LABELS - 10}" y="${middle}" class="label">${name}</text>
<rect x="${LABELS}" y="${y}" width="${scale(expected).toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[name]}"/>
${whisker(LABELS + scale(low), LABELS + scale(high), middle)}
<text x="${(LABELS + scale(high) + 10).toFixed(1)}" y="${middle}" class="figure">${money(expected)}</text>
</g>`;
  });
  const height = shown.length * ROW;
  return `<svg role="img" aria-label="USD per month by component" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
${rows.join('\n')}
</svg>`;
}

function whisker(from: number, to: number, y: number): string {
  const ends = [from, to].map((x) => `M${x.toFixed(1)} ${y - 5}v10`).join('');
  return `<path class="whisker" d="M${from.toFixed(1)} ${y}H${to.toFixed(1)}${ends}"/>`;
}
