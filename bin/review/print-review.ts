import type { Finding, Page, PageSection } from '../../analysis/review';
import { renderTable } from '../shared/table';

/** Places of one rule that are shown; the others are in the JSON. */
const MOST_PLACES = 12;

/** The page for a terminal. */
export function printReview(page: Page): string {
  return [`${page.title}\n${page.headline}`, ...page.sections.map(section), ...page.remarks].join('\n\n');
}

function section({ title, findings, tables }: PageSection): string {
  return [
    `${title.toUpperCase()}`,
    ...findings.map(finding),
    ...tables.map(({ title: name, head, rows }) => `${name}\n${renderTable(head, rows)}`),
  ].join('\n\n');
}

function finding({ id, severity, finds, why, wayOut, places }: Finding): string {
  const shown = places
    .slice(0, MOST_PLACES)
    .map(
      ({ environments, at, what, detail }) =>
        `    ${environments === '' ? '' : `${environments} · `}${at}  ${what}${detail === '' ? '' : `; ${detail}`}`,
    );
  const more = places.length - shown.length;
  return [
    `  ${severity}: ${finds} (${id})`,
    ...shown,
    ...(more > 0 ? [`    and ${more} more (--json)`] : []),
    `    why: ${why}`,
    `    way out: ${wayOut}`,
  ].join('\n');
}
