import type { Assembly } from '../../analysis/template';

/** What a report is called: the environment, else what the assembly was read from. */
export function titleOf(part: Assembly): string {
  return part.stages.length === 1 ? (part.stages[0] ?? part.source) : part.source;
}
