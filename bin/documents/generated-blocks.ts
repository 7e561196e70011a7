import { UsageError } from '../shared/errors';

/** Text by the name of the block that it fills. */
export type Blocks = Readonly<Record<string, string>>;

const BLOCK = /<!-- generated: (?<name>[a-z-]+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * `document` with every block between `<!-- generated: name -->` and `<!-- end -->` filled anew.
 *
 * @throws {UsageError} when the document names a block that nobody generates, or lacks one that is generated for it
 */
export function fillBlocks(document: string, blocks: Blocks): string {
  const named = [...document.matchAll(BLOCK)].map(({ groups }) => groups?.['name'] ?? '');
  const unknown = named.filter((name) => blocks[name] === undefined);
  const lacking = Object.keys(blocks).filter((name) => !named.includes(name));
  if (unknown.length > 0) throw new UsageError(`nobody generates the block ${unknown.join(', ')}`);
  if (lacking.length > 0) throw new UsageError(`the document lacks the block ${lacking.join(', ')}`);
  return document.replaceAll(
    BLOCK,
    (_block, name: string) => `<!-- generated: ${name} -->\n${blocks[name]}\n<!-- end -->`,
  );
}

/** A Markdown table. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
