import { readFileSync } from 'node:fs';
import path from 'node:path';

/** uPlot's own files, put into a page so that it works offline. */
export function uplot(file: 'uPlot.min.css' | 'uPlot.iife.min.js'): string {
  const root = path.dirname(require.resolve('uplot/package.json'));
  return readFileSync(path.join(root, 'dist', file), 'utf8');
}

/** What the script of a page reads, in its element `#data`. */
export function dataScript(data: unknown): string {
  return `<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`;
}

/** Text as HTML shows it. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
