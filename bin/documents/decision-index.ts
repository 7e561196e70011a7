import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../shared/errors';
import { type Blocks, markdownTable } from './generated-blocks';

const FOLDER = 'docs/decisions';
const TEMPLATE = '0000-template.md';

/** A record of `docs/decisions` as it is written. */
export interface DecisionRecord {
  /** Such as `0006-health-checks.md`. */
  readonly file: string;
  readonly text: string;
}

/** The table of `docs/decisions/README.md`, from the records themselves. */
export function decisionIndexBlocks(): Blocks {
  const files = readdirSync(FOLDER).filter((file) => /^\d{4}-.*\.md$/.test(file) && file !== TEMPLATE);
  return { decisions: decisionTable(files.sort().map((file) => ({ file, text: textOf(file) }))) };
}

/**
 * One row for each record, in the order given.
 *
 * @throws {UsageError} with every record that does not begin as the template does
 */
export function decisionTable(records: readonly DecisionRecord[]): string {
  const problems: string[] = [];
  const rows = records.flatMap(({ file, text }) => {
    const number = file.slice(0, 4);
    const [, title, status] = new RegExp(`^# ${number}\\. (.+)\\n\\nStatus: (.+)\\n`).exec(text) ?? [];
    if (title !== undefined && status !== undefined) return [[`[${number}](${file})`, title, status]];
    problems.push(`${file} must begin with '# ${number}. Title', an empty line and 'Status: …', as ${TEMPLATE} does`);
    return [];
  });
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return markdownTable(['decision', 'what was decided', 'status'], rows);
}

function textOf(file: string): string {
  return readFileSync(path.join(FOLDER, file), 'utf8');
}
