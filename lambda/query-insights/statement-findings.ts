import { type IndexRow, isCovered, missingIndexes, type TableFacts, withoutLiterals } from '../../runtime/insights';
import { type CapturedPlan, hypotheticalSaving, type PlanServer } from './capture-plans';
import type { Finding } from './finding';
import { isRelated, type Pair } from './n-plus-one';
import type { TableRow } from './read-schema';
import { round } from './report';
import type { Regression } from './slow-statements';
import { meanMs, type StatementWindow } from './window';

/** Texts and plans of the statements that were looked at. */
export interface Known {
  readonly texts: ReadonlyMap<string, string>;
  readonly plans: ReadonlyMap<string, CapturedPlan>;
}

/** A statement's text as it may be shown. */
export function shown({ texts }: Pick<Known, 'texts'>, id: string): string {
  const text = texts.get(id);
  return text === undefined ? '(the server forgot its text)' : withoutLiterals(text);
}

export function slowFinding(window: StatementWindow, known: Known, slowMs: number): Finding {
  return {
    kind: 'slow_query',
    subject: window.id,
    summary: `takes ${round(meanMs(window))} ms on average, the objective is ${slowMs} ms`,
    evidence: { ...figures(window, known), plan: planText(known.plans.get(window.id)) },
    remedy: 'see its plan: an index, fewer rows, or a cached answer',
  };
}

export function regressedFinding({ window, usualMs }: Regression, known: Known): Finding {
  return {
    kind: 'regressed_query',
    subject: window.id,
    summary: `takes ${round(meanMs(window))} ms on average, usually ${round(usualMs)} ms`,
    evidence: { ...figures(window, known), usualMs: round(usualMs), plan: planText(known.plans.get(window.id)) },
    remedy: 'compare the plans: ANALYZE after many changes, a lost index, a table that grew; or pin the old plan',
  };
}

/** N+1 patterns among pairs that matched often enough. */
export function nPlusOneFindings(
  pairs: readonly Pair[],
  known: Known,
  tables: readonly TableRow[],
): readonly Finding[] {
  return pairs.flatMap(({ list, lookUp }): readonly Finding[] => {
    const [outer, inner] = [known.plans.get(list.id), known.plans.get(lookUp.id)];
    if (outer === undefined || inner === undefined || !isRelated(outer.plan, inner.plan, tables)) return [];
    return [
      {
        kind: 'n_plus_one',
        subject: lookUp.id,
        summary: `runs once for each row of ${list.id}: ${round(list.rows / list.calls)} times for each list`,
        evidence: {
          ...figures(lookUp, known),
          list: shown(known, list.id),
          listCalls: list.calls,
          listRows: list.rows,
        },
        remedy: 'join it, or ask once with = ANY ($1): runtime/database has BatchLoader for that',
      },
    ];
  });
}

/** Sequential scans, by table, since the last run; partitions count for their parent. */
export type ScansByTable = ReadonlyMap<string, number>;

export interface IndexSearch {
  readonly server: PlanServer;
  readonly tables: readonly TableRow[];
  readonly indexes: readonly IndexRow[];
  readonly scans: ScansByTable;
}

/**
 * Indexes that the captured plans ask for, that are not there, and on tables that really are read from end to end.
 * Where `hypopg` is, the index must also make the plan much cheaper.
 */
export async function missingIndexFindings(
  window: readonly StatementWindow[],
  known: Known,
  { server, tables, indexes, scans }: IndexSearch,
): Promise<readonly Finding[]> {
  const facts = new Map<string, TableFacts>(
    tables.map(({ name, rows, parent }) => [name, { rows, ...(parent === null ? {} : { parent }) }]),
  );
  const findings = new Map<string, Finding>();
  for (const one of window) {
    const captured = known.plans.get(one.id);
    for (const suggestion of captured === undefined ? [] : missingIndexes(captured.plan, facts)) {
      const subject = `${suggestion.table} (${suggestion.columns.join(', ')})`;
      const scanned = scans.get(suggestion.table) ?? 0;
      if (findings.has(subject) || scanned === 0 || isCovered(suggestion, indexes)) continue;
      const saves = await hypotheticalSaving(server, known.texts.get(one.id) ?? '', suggestion.statement);
      if (saves === false) continue;
      findings.set(subject, {
        kind: 'missing_index',
        subject,
        summary: suggestion.reason,
        evidence: {
          ...figures(one, known),
          sequentialScans: scanned,
          verified: saves === true ? 'with hypopg' : 'by its plan',
        },
        remedy: suggestion.statement,
      });
    }
  }
  return [...findings.values()];
}

function figures(window: StatementWindow, known: Known): Readonly<Record<string, number | string>> {
  const { id, calls, rows } = window;
  return { statement: shown(known, id), id, calls, meanMs: round(meanMs(window)), rowsPerCall: round(rows / calls) };
}

/** The steps of a plan in one line, outermost first. */
function planText(captured: CapturedPlan | undefined): string {
  if (captured === undefined) return 'none: it writes, or cannot be planned without its values';
  const steps = (node: CapturedPlan['plan']): string => {
    const on = node['Index Name'] ?? node['Relation Name'];
    const condition = node['Index Cond'] ?? node.Filter;
    const inner = (node.Plans ?? []).map(steps).join(', ');
    const own = `${node['Node Type']}${on === undefined ? '' : ` on ${on}`}`;
    const where = condition === undefined ? '' : ` where ${withoutLiterals(condition)}`;
    return `${own}${where}${inner === '' ? '' : ` < (${inner})`}`;
  };
  return `${captured.executed ? 'executed' : 'generic'}: ${steps(captured.plan)}`;
}
