import { embeddedMetricLines } from '../../runtime/telemetry/emf';
import type { ObjectStore } from '../shared/object-store';
import { type CapturedPlan, capturePlan } from './capture-plans';
import type { Finding, InsightsSettings } from './finding';
import { indexUses, unusedIndexes } from './index-use';
import { insightSamples } from './metrics';
import { countMatches, isPersistent, matchingPairs, type Pair } from './n-plus-one';
import { type Observation, observe } from './observe';
import { readTexts } from './read-statements';
import { type InsightsReport, markdown, reported } from './report';
import type { Servers } from './servers';
import { regressedStatements, remember, slowStatements } from './slow-statements';
import { type InsightsState, loadState } from './state';
import {
  type Known,
  missingIndexFindings,
  nPlusOneFindings,
  regressedFinding,
  shown,
  slowFinding,
} from './statement-findings';
import { bloatedTables, longTransactions, missingPartitions } from './upkeep';
import { keep, type StatementWindow, windowOf } from './window';

export interface InsightsDependencies {
  readonly servers: Pick<Servers, 'reached' | 'gaps'>;
  readonly store: ObjectStore;
  readonly settings: InsightsSettings;
  readonly metricsNamespace: string;
  /** Writes one line of the embedded metric format. */
  readonly write: (line: string) => void;
}

/** Statements that are looked at closely in each run. */
const MOST_EXPENSIVE = 20;

/**
 * Looks at the database once. The time is that of the schedule, so that a run that is repeated replaces itself: it
 * publishes the metrics of the first attempt again, for the same time, and counts nothing twice.
 */
export async function runInsights(at: Date, deps: InsightsDependencies): Promise<InsightsReport | undefined> {
  const { state: before, save } = await loadState(deps.store);
  const publish = ({ samples }: Pick<InsightsState, 'samples'>): void => {
    for (const line of embeddedMetricLines(deps.metricsNamespace, at.getTime(), samples)) deps.write(line);
  };
  if (before !== undefined && Date.parse(before.at) >= at.getTime()) {
    if (Date.parse(before.at) === at.getTime()) publish(before);
    return undefined;
  }
  const seen = await observe(deps.servers);
  const window = windowOf(seen.servers.map(({ name, counters }) => ({ counters, before: before?.counters[name] })));
  const pairs = matchingPairs(window);
  const matches = countMatches(before?.matches ?? {}, pairs, window);
  const uses = indexUses(before?.indexes ?? {}, new Map(seen.servers.map(({ name, indexes }) => [name, indexes])), at);
  const { findings, known } = await search({
    at,
    deps,
    before,
    seen,
    window,
    pairs: pairs.filter((pair) => isPersistent(matches, pair)),
  });
  findings.push(...unusedIndexes(seen.indexes, uses, at, deps.settings.unusedIndexDays));
  const report: InsightsReport = {
    at: at.toISOString(),
    servers: seen.servers.map(({ name }) => name),
    gaps: seen.gaps,
    findings,
    statements: window.slice(0, MOST_EXPENSIVE).map((one) => reported(one, shown(known, one.id))),
  };
  const transactions = seen.servers.flatMap((server) => server.transactions);
  const samples = insightSamples({ findings, window, transactions, slowMs: deps.settings.slowMs });
  await store(report, deps.store);
  await save({
    at: report.at,
    counters: Object.fromEntries(seen.servers.map(({ name, counters }) => [name, keep(counters)])),
    scans: seen.scans,
    history: remember(before?.history ?? {}, window),
    matches,
    indexes: uses,
    samples,
  });
  publish({ samples });
  return report;
}

interface Search {
  readonly at: Date;
  readonly deps: InsightsDependencies;
  readonly before: InsightsState | undefined;
  readonly seen: Observation;
  readonly window: readonly StatementWindow[];
  readonly pairs: readonly Pair[];
}

async function search({
  at,
  deps,
  before,
  seen,
  window,
  pairs,
}: Search): Promise<{ findings: Finding[]; known: Known }> {
  const { settings, servers } = deps;
  const slow = slowStatements(window, settings.slowMs);
  const regressed = regressedStatements(window, before?.history ?? {}, settings.slowMs);
  const close = new Map(
    [
      ...slow,
      ...regressed.map((one) => one.window),
      ...pairs.flatMap(({ list, lookUp }) => [list, lookUp]),
      ...window.slice(0, MOST_EXPENSIVE),
    ].map((one) => [one.id, one]),
  );
  const known = await learn(servers, [...close.keys()]);
  const server = planServer(servers);
  const findings = [
    ...slow.map((one) => slowFinding(one, known, settings.slowMs)),
    ...regressed.map((one) => regressedFinding(one, known)),
    ...nPlusOneFindings(pairs, known, seen.tables),
    ...(server === undefined
      ? []
      : await missingIndexFindings([...close.values()], known, {
          server,
          tables: seen.tables,
          indexes: seen.indexes,
          scans: seen.scansSince(before?.scans ?? {}),
        })),
    ...bloatedTables(seen.tables),
    ...longTransactions(new Map(seen.servers.map(({ name, transactions }) => [name, transactions])), settings),
    ...missingPartitions(seen.partitions, at, settings),
  ];
  return { findings, known };
}

/** A replica where there is one: what is executed for its plan must not burden the writer, nor be able to write. */
function planServer({ reached }: Pick<Servers, 'reached'>) {
  return reached.find(({ replica }) => replica) ?? reached[0];
}

async function learn(servers: Pick<Servers, 'reached'>, ids: readonly string[]): Promise<Known> {
  const texts = new Map<string, string>();
  for (const { client } of servers.reached) {
    for (const [id, text] of await readTexts(client, ids)) texts.set(id, text);
  }
  const plans = new Map<string, CapturedPlan>();
  const server = planServer(servers);
  for (const [id, text] of server === undefined ? [] : texts) {
    const captured = server === undefined ? undefined : await capturePlan(server, text);
    if (captured !== undefined) plans.set(id, captured);
  }
  return { texts, plans };
}

async function store(report: InsightsReport, objects: ObjectStore): Promise<void> {
  const json = JSON.stringify(report, undefined, 2);
  await objects.put(`reports/${report.at.slice(0, 10)}/${report.at.slice(11, 16).replace(':', '-')}.json`, json);
  await objects.put('latest.json', json);
  await objects.put('latest.md', markdown(report));
}
