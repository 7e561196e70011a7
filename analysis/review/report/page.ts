import { shown } from '../../diff';
import { type Resource, shortPath } from '../../template';
import { isUnchanged, type Line, type Review, severityCounts } from '../review';
import { SECTIONS, SEVERITIES, type Section, type Severity } from '../rule';
import { costTable, perMillionTable } from './cost-tables';
import { countTable } from './count-table';
import { rehearsalTable } from './rehearsal-table';
import type { Table } from './table';

/** What one rule found, at every place. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  readonly finds: string;
  readonly why: string;
  readonly wayOut: string;
  readonly places: readonly Place[];
}

export interface Place {
  /** Names of the environments; empty for what belongs to none. */
  readonly environments: string;
  readonly at: string;
  /** `MaxCapacity: 20 → 8`. */
  readonly what: string;
  readonly detail: string;
}

export interface PageSection {
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly tables: readonly Table[];
}

/** What a report shows, whatever it is written in. */
export interface Page {
  readonly title: string;
  readonly headline: string;
  readonly sections: readonly PageSection[];
  /** Every resource that changes, for whoever wants to know. */
  readonly list: readonly string[];
  readonly remarks: readonly string[];
}

const TITLES: Readonly<Record<Section, string>> = {
  data: 'Data',
  security: 'Security',
  capacity: 'Capacity',
  objectives: 'Objectives and alarms',
};

/** The page of a review: the section with the worst finding first, then as a reviewer asks. */
export function pageOf(review: Review): Page {
  const sections = SECTIONS.map((section): PageSection & { readonly worst: number } => {
    const lines = review.lines.filter(({ rule }) => rule.section === section);
    const tables = section === 'objectives' ? rehearsalTable(review) : [];
    return { title: TITLES[section], findings: findingsOf(lines), tables, worst: worstOf(lines) };
  });
  const ranked = [...sections].sort((a, b) => a.worst - b.worst);
  const cost = { title: 'Cost', findings: [], tables: [...costTable(review), ...perMillionTable(review)] };
  const rest = { title: 'Everything that changes', findings: [], tables: countTable(review) };
  return {
    title: `What changes from ${review.base} to ${review.head}`,
    headline: headlineOf(review),
    sections: [...ranked, cost, rest].filter(({ findings, tables }) => findings.length + tables.length > 0),
    list: listOf(review),
    remarks: review.remarks,
  };
}

function headlineOf(review: Review): string {
  if (isUnchanged(review)) return 'No resource changes.';
  const { danger, warning, note } = severityCounts(review);
  const counts = [counted(danger, 'danger'), counted(warning, 'warning'), counted(note, 'note')].join(', ');
  return danger > 0 ? `${counts}: somebody has to decide before this is deployed` : `${counts}: nothing here stops it`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function findingsOf(lines: readonly Line[]): Finding[] {
  const rules = [...new Set(lines.map(({ rule }) => rule))];
  return rules.map(({ id, severity, finds, why, wayOut }) => ({
    id,
    severity,
    finds,
    why,
    wayOut,
    places: lines.filter(({ rule }) => rule.id === id).map(placeOf),
  }));
}

function placeOf({ environments, at, what, from, to, detail }: Line): Place {
  const change = from === undefined ? (to === undefined ? '' : `: ${to}`) : `: ${from} → ${to ?? '–'}`;
  return { environments: environments.filter(Boolean).join(', '), at, what: `${what}${change}`, detail: detail ?? '' };
}

function worstOf(lines: readonly Line[]): number {
  return Math.min(SEVERITIES.length, ...lines.map(({ rule }) => SEVERITIES.indexOf(rule.severity)));
}

function listOf({ environments }: Review): string[] {
  return environments.flatMap(({ name, stacks }) =>
    stacks.flatMap(({ resources }) =>
      resources.flatMap(({ kind, type, before, after, properties }) => {
        const resource: Resource | undefined = after ?? before;
        const changes = properties.map(({ path, from, to }) => `${path}: ${shown(from, 60)} → ${shown(to, 60)}`);
        return resource ? `${[name, kind, shortPath(resource), type, ...changes].filter(Boolean).join(' · ')}` : [];
      }),
    ),
  );
}
