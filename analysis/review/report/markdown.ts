import { markdownTable } from '../../rehearsal';
import type { Finding, Page, PageSection, Place } from './page';

/** Places of one rule that are shown; the others are in the JSON. */
const MOST_PLACES = 15;
/** Resources that are listed; a step summary has room for so much. */
const MOST_LISTED = 500;

/** The page for a pull request. */
export function reviewMarkdown(page: Page): string {
  const parts = [
    `# ${page.title}`,
    `**${page.headline}**`,
    ...page.sections.map(section),
    ...(page.list.length === 0
      ? []
      : [
          `<details><summary>${page.list.length} resources</summary>\n\n${page.list
            .slice(0, MOST_LISTED)
            .map((text) => `- ${escaped(text)}`)
            .join('\n')}\n\n</details>`,
        ]),
    ...page.remarks.map((remark) => `> ${escaped(remark)}`),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section({ title, findings, tables }: PageSection): string {
  return [
    `## ${title}`,
    ...findings.map(finding),
    ...tables.map(({ title: name, head, rows }) => `**${name}**\n\n${markdownTable(head, rows)}`),
  ].join('\n\n');
}

function finding({ id, severity, finds, why, wayOut, places }: Finding): string {
  const shown = places.slice(0, MOST_PLACES).map(place);
  const more = places.length - shown.length;
  return [
    `**${severity}** · ${finds} (\`${id}\`)\n`,
    ...shown,
    ...(more > 0 ? [`- and ${more} more`] : []),
    `\nWhy: ${why}. Way out: ${wayOut}.`,
  ].join('\n');
}

function place({ environments, at, what, detail }: Place): string {
  const where = environments === '' ? '' : `${environments} · `;
  return `- ${where}\`${at}\` ${escaped(what)}${detail === '' ? '' : `; ${escaped(detail)}`}`;
}

/** What Markdown or HTML would take for its own; the texts of the rules are Markdown already. */
function escaped(text: string): string {
  return text.replaceAll(/[\\*_<>|[\]]/gu, (character) => `\\${character}`);
}
