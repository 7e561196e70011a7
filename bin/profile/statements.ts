/** One statement as a server logged it. */
export interface LoggedStatement {
  readonly sql: string;
  readonly milliseconds: number;
  readonly params: readonly (string | null)[];
}

/** All runs of one statement. */
export interface StatementSummary {
  readonly sql: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
  /** Parameters of the slowest run, to explain it with. */
  readonly slowestParams: readonly (string | null)[];
}

const ENTRY = /^\d{4}-\d\d-\d\d .*? LOG: {2}duration: ([\d.]+) ms {2}execute [^:]+: ([\s\S]*)$/;
const DETAIL = /^\d{4}-\d\d-\d\d .*? DETAIL: {2}[Pp]arameters: (.*)$/s;
const PARAM = /\$\d+ = (?:'((?:[^']|'')*)'|NULL)/g;

/** Statements in a server's log that was written with `log_min_duration_statement = 0`. */
export function loggedStatements(log: string): readonly LoggedStatement[] {
  const found: { sql: string; milliseconds: number; params: (string | null)[] }[] = [];
  // An entry goes on as long as its lines begin with a tab.
  for (const entry of log.replaceAll('\n\t', ' ').split('\n')) {
    const statement = ENTRY.exec(entry);
    if (statement !== null) {
      const sql = (statement[2] ?? '').replace(/\s+/g, ' ').trim();
      found.push({ sql, milliseconds: Number(statement[1]), params: [] });
      continue;
    }
    const detail = DETAIL.exec(entry)?.[1];
    const last = found.at(-1);
    if (detail === undefined || last === undefined) continue;
    last.params = [...detail.matchAll(PARAM)].map(([, value]) => value?.replaceAll("''", "'") ?? null);
  }
  return found;
}

/** The same statements added up, the most expensive first. */
export function summarizeStatements(statements: readonly LoggedStatement[]): readonly StatementSummary[] {
  const bySql = new Map<string, LoggedStatement[]>();
  for (const statement of statements) bySql.set(statement.sql, [...(bySql.get(statement.sql) ?? []), statement]);
  return [...bySql]
    .map(([sql, runs]) => {
      const totalMs = runs.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      const slowest = runs.reduce((worst, run) => (run.milliseconds > worst.milliseconds ? run : worst));
      const { milliseconds: maxMs, params: slowestParams } = slowest;
      return { sql, calls: runs.length, totalMs, meanMs: totalMs / runs.length, maxMs, slowestParams };
    })
    .sort((a, b) => b.totalMs - a.totalMs);
}

/** A statement that ran again and again for one request: look-ups that should be one. */
export interface RepeatedStatement {
  readonly request: string;
  readonly sql: string;
  readonly times: number;
}

const SUSPICIOUS = 3;

/** N+1: the same statement at least three times within one request. */
export function repeatedStatements(
  request: string,
  statements: readonly LoggedStatement[],
): readonly RepeatedStatement[] {
  return summarizeStatements(statements)
    .filter(({ calls }) => calls >= SUSPICIOUS)
    .map(({ sql, calls }) => ({ request, sql, times: calls }));
}
