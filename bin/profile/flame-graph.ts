/** The parts of a V8 CPU profile that are used: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/ */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** One function as called from its parent, with the time spent in it and in what it called. */
export interface Frame {
  readonly name: string;
  totalMs: number;
  selfMs: number;
  readonly children: Frame[];
}

const OUTSIDE = new Set(['(idle)', '(program)', '(root)']);

/** The tree of calls without idle time. */
export function callTree({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const selfMicros = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    selfMicros.set(id, (selfMicros.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const build = (id: number): Frame => {
    const node = byId.get(id);
    const children = (node?.children ?? []).map(build).filter(({ name, totalMs }) => totalMs > 0 && !OUTSIDE.has(name));
    const selfMs = (selfMicros.get(id) ?? 0) / 1000;
    const totalMs = children.reduce((sum, child) => sum + child.totalMs, selfMs);
    return { name: label(node?.callFrame), selfMs, totalMs, children: children.sort((a, b) => b.totalMs - a.totalMs) };
  };
  const root = build(nodes[0]?.id ?? 0);
  return { ...root, name: 'all' };
}

function label(frame: CpuProfile['nodes'][number]['callFrame'] | undefined): string {
  if (frame === undefined) return '(unknown)';
  const file = frame.url.split('/').at(-1) ?? '';
  return `${frame.functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${frame.lineNumber + 1}`}`;
}

/** Functions by the time spent in themselves, wherever they were called from. */
export function hottest(root: Frame, count: number): readonly { readonly name: string; readonly selfMs: number }[] {
  const byName = new Map<string, number>();
  const visit = ({ name, selfMs, children }: Frame): void => {
    byName.set(name, (byName.get(name) ?? 0) + selfMs);
    children.forEach(visit);
  };
  visit(root);
  return [...byName]
    .map(([name, selfMs]) => ({ name, selfMs }))
    .sort((a, b) => b.selfMs - a.selfMs)
    .slice(0, count);
}

const ROW_PX = 18;
/** Frames narrower than this share of the whole cannot be seen. */
const SMALLEST = 0.0015;

/** The tree as boxes whose width is time; a click zooms. */
export function flameGraph(root: Frame): string {
  const boxes: string[] = [];
  let depth = 0;
  const draw = (frame: Frame, left: number, row: number): void => {
    const width = frame.totalMs / root.totalMs;
    if (width < SMALLEST) return;
    depth = Math.max(depth, row);
    const text = `${frame.name}: ${frame.totalMs.toFixed(0)} ms, ${(100 * width).toFixed(1)} %`;
    const hue = 10 + (hash(frame.name) % 45);
    boxes.push(
      `<div class="frame" data-left="${left}" data-width="${width}" data-row="${row}" title="${escapeHtml(text)}" ` +
        `style="left:${100 * left}%;width:${100 * width}%;top:${row * ROW_PX}px;background:hsl(${hue} 85% 62%)">${escapeHtml(frame.name)}</div>`,
    );
    let at = left;
    for (const child of frame.children) {
      draw(child, at, row + 1);
      at += child.totalMs / root.totalMs;
    }
  };
  draw(root, 0, 0);
  return `<div id="flame" style="height:${(depth + 1) * ROW_PX}px">${boxes.join('\n')}</div>`;
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7);
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
