import type { Review } from '../review';
import { type Table, unlessEmpty } from './table';

const SHOWN = ['added', 'changed', 'replaced', 'may-replace', 'removed', 'renewed'] as const;

/** How many resources change per stack; `renewed` ones get new code or a new version and nothing else. */
export function countTable({ stacks }: Review): Table[] {
  const kinds = SHOWN.filter((kind) => stacks.some(({ counts }) => counts[kind] > 0));
  return unlessEmpty({
    title: 'Resources by stack',
    head: ['stack', ...kinds],
    rows: stacks.map(({ environment, stack, counts }) => [
      [environment, stack].filter(Boolean).join('/'),
      ...kinds.map((kind) => (counts[kind] === 0 ? '' : String(counts[kind]))),
    ]),
  });
}
