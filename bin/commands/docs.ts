import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { cachingGuideBlocks } from '../documents/caching-guide';
import { decisionIndexBlocks } from '../documents/decision-index';
import { failoverRunbookBlocks } from '../documents/failover-runbook';
import { type Blocks, fillBlocks } from '../documents/generated-blocks';
import { observabilityGuideBlocks } from '../documents/observability-guide';
import { recoveryGuideBlocks } from '../documents/recovery-guide';
import { reviewGuideBlocks } from '../documents/review-guide';
import { scalingGuideBlocks } from '../documents/scaling-guide';
import { CheckFailedError } from '../shared/errors';

/** The documents whose tables come from the code, and what fills them. */
export const GENERATED_DOCUMENTS: Readonly<Record<string, () => Blocks>> = {
  'docs/caching.md': cachingGuideBlocks,
  'docs/disaster-recovery.md': recoveryGuideBlocks,
  'docs/review.md': reviewGuideBlocks,
  'docs/scaling.md': scalingGuideBlocks,
  'docs/observability.md': observabilityGuideBlocks,
  'docs/runbooks/failover.md': failoverRunbookBlocks,
  'docs/decisions/README.md': decisionIndexBlocks,
};

/** `npm run docs`: writes the numbers of the code into the documents. */
export function docsCommand(): Command {
  return new Command('docs')
    .description('fill the tables of the documents with the numbers of the code')
    .option('--check', 'only say which documents differ, exit code 1 when one does', false)
    .option('--json', 'print the documents that differ as JSON', false)
    .action(({ check, json }: { check: boolean; json: boolean }) => {
      const stale = staleDocuments();
      if (!check) for (const { file, text } of stale) writeFileSync(file, text);
      const files = stale.map(({ file }) => file);
      if (json) process.stdout.write(`${JSON.stringify(files)}\n`);
      if (check && stale.length > 0)
        throw new CheckFailedError(`${files.join(', ')} must be written anew: npm run docs`);
      if (!json) process.stdout.write(`${stale.length === 0 ? 'nothing to write' : `wrote ${files.join(', ')}`}\n`);
    });
}

/** The documents whose tables differ from the code, with the text that they should have. */
export function staleDocuments(): { readonly file: string; readonly text: string }[] {
  return Object.entries(GENERATED_DOCUMENTS).flatMap(([file, blocks]) => {
    const now = readFileSync(file, 'utf8');
    const text = fillBlocks(now, blocks());
    return text === now ? [] : [{ file, text }];
  });
}
