import { RULES } from '../../analysis/review';
import { type Blocks, markdownTable } from './generated-blocks';

/** The tables of `docs/review.md`, from the rules that are applied. */
export function reviewGuideBlocks(): Blocks {
  const rows = RULES.map(({ id, section, severity, finds }) => [`\`${id}\``, section, severity, finds]);
  return { 'review-rules': markdownTable(['rule', 'section', 'severity', 'what it reports'], rows) };
}
