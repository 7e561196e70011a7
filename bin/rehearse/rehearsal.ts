import { writeFileSync } from 'node:fs';
import {
  type Application,
  DEFAULT_PARAMETERS,
  Distribution,
  growthPlan,
  type Limits,
  type Players,
  planOf,
  rehearsalHtml,
  rehearsalMarkdown,
  rehearse,
  type Scenario,
  type SensitivityRow,
  seedsUpTo,
  sensitivityOf,
  usableShareOf,
} from '../../analysis/rehearsal';
import { CheckFailedError } from '../shared/errors';
import { applicationOf } from './application';
import type { RehearseOptions } from './options';
import { printPlan, printReport } from './print';
import type { Subject } from './subject';

/**
 * Plays every scenario, judges it, and writes the reports that are asked for.
 *
 * @throws CheckFailedError when an objective does not hold
 */
export async function runRehearsal(
  options: RehearseOptions,
  subject: Subject,
  chosen: readonly Scenario[],
  players: Players,
): Promise<void> {
  const application = applicationOf(options, subject);
  const { title, model, objectives, taskHourUsd, taskCapacityRps } = subject;
  const seeds = seedsUpTo(options.seeds);
  const given = { title, model, objectives, application, taskHourUsd };
  const report = await rehearse(given, chosen, players, seeds, progress);
  const sensitivity = options.sensitivity ? await sensitivityIn(subject, application, chosen, players, seeds) : [];
  const usableShare = usableShareOf(report.rehearsals, taskCapacityRps);
  const ceilings = options.plan ? growthPlan(limitsOf(subject, application, usableShare, options.monthlyGrowth)) : [];
  if (options.markdown !== undefined) writeFileSync(options.markdown, rehearsalMarkdown(report, sensitivity));
  if (options.html !== undefined) writeFileSync(options.html, rehearsalHtml(report, sensitivity));
  const text = options.json
    ? JSON.stringify({ ...report, sensitivity, ceilings }, null, 2)
    : [printReport(report, sensitivity), ...(options.plan ? [printPlan(ceilings)] : [])].join('\n');
  process.stdout.write(`${text}\n`);
  const failed = report.rehearsals.filter(({ verdict }) => !verdict.holds).map(({ scenario }) => scenario.name);
  if (failed.length > 0) throw new CheckFailedError(`objectives do not hold in ${failed.join(', ')}`);
}

async function sensitivityIn(
  { model, objectives }: Subject,
  application: Application,
  chosen: readonly Scenario[],
  players: Players,
  seeds: readonly number[],
): Promise<SensitivityRow[]> {
  const all: SensitivityRow[] = [];
  for (const scenario of chosen) {
    const plan = planOf(model, application, objectives, scenario);
    const rows = await sensitivityOf(plan, objectives, players, seeds, progress);
    all.push(...rows.map((row) => ({ ...row, label: `${scenario.name}: ${row.label}` })));
  }
  return all;
}

/** What bounds the growth of the platform; a spike comes on top of the day's highest minute. */
function limitsOf(
  { model, objectives, taskCapacityRps }: Subject,
  { database, cache }: Application,
  usableShare: number,
  monthlyGrowth: number,
): Limits {
  return {
    maxTasks: model.scaling.maxCapacity,
    taskCapacityRps,
    usableShare,
    maxReaders: database && model.readers?.scaling.maxCapacity,
    readerCapacity: database === undefined ? 0 : readerCapacity(database),
    hitRatio: cache?.hitRatio ?? 0,
    peakRps: (objectives.requestsPerHour / 3600) * objectives.peakToMean,
    spikeFactor: objectives.spikeFactor,
    monthlyGrowth,
  };
}

/** Queries per second that keep one reader of its largest size busy. */
function readerCapacity({ query, parallelPerReader, acu }: NonNullable<Application['database']>): number {
  const workers = acu === undefined ? parallelPerReader : acu.maxAcu * DEFAULT_PARAMETERS.vcpuPerAcu;
  return (1000 * workers) / new Distribution(query).meanMs;
}

function progress(text: string): void {
  process.stderr.write(`  ${text}\n`);
}
