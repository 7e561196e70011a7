import { existsSync, readFileSync } from 'node:fs';
import { CostInputError } from '../cost-input-error';
import type { Range } from '../quantity';
import { trafficOf } from './traffic';
import type { Usage } from './usage';

/** What one scenario of a rehearsal says about a month that is like it. */
export interface Rehearsed {
  /** `endurance-24h of rehearsal.json`. */
  readonly source: string;
  /** Address of the service. */
  readonly service: string;
  /** Tasks on average: the task-hours over the hours played, and the band that 90 % of the seeds are in. */
  readonly averageTasks: Range;
  /** Requests per hour that the service was sent. */
  readonly requestsPerHour: number;
  /** CPU of the tasks, 0 to 1, that is not passed in 95 % of the time. */
  readonly cpuP95: number;
}

/** Of several scenarios the one that a month is most like. */
const ORDINARY_SCENARIO = 'endurance-24h';

interface Row {
  readonly seconds: number;
  readonly cpuPercent: number;
}

interface Played {
  readonly scenario: { readonly name: string };
  readonly verdict: {
    readonly figures: { readonly taskHours: { readonly low: number; readonly median: number; readonly high: number } };
  };
  readonly shown: { readonly requests: number; readonly durationSeconds: number; readonly rows: readonly Row[] };
}

/**
 * Reads what `npm run rehearse -- --json` printed.
 *
 * @param scenario Which scenario to take. @default - the only one, or `endurance-24h`
 * @throws CostInputError when it is no such file, or has no such scenario
 */
export function readRehearsal(file: string, scenario?: string): Rehearsed {
  if (!existsSync(file)) throw new CostInputError(`rehearsal file ${file} does not exist`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CostInputError(`rehearsal file ${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  return rehearsedFrom(content, `rehearsal file ${file}`, scenario);
}

function rehearsedFrom(content: unknown, source: string, scenario: string | undefined): Rehearsed {
  const service = field(field(content, 'model'), 'address');
  const rehearsals = field(content, 'rehearsals');
  if (typeof service !== 'string' || !Array.isArray(rehearsals) || !rehearsals.every(isPlayed)) {
    throw new CostInputError(
      `${source} is not a rehearsal: give what \`npm run --silent rehearse -- --json\` printed, with \`model.address\` and \`rehearsals\``,
    );
  }
  const { shown, verdict, scenario: chosen } = playedOf(rehearsals, source, scenario);
  const hours = shown.durationSeconds / 3600;
  const { low, median, high } = verdict.figures.taskHours;
  return {
    source: `${chosen.name} of ${source}`,
    service,
    averageTasks: { low: low / hours, expected: median / hours, high: high / hours },
    requestsPerHour: shown.requests / hours,
    cpuP95: quantileOf(shown.rows, 0.95),
  };
}

/** A month of what was rehearsed, as usage. Requests end in the service there, so no edge answers any of them here. */
export function usageOfRehearsal({ source, service, averageTasks, requestsPerHour }: Rehearsed, hours: number): Usage {
  const traffic = { requests: requestsPerHour * hours, originShare: 1 };
  return {
    source,
    traffic: trafficOf(traffic, source),
    given: new Set(Object.keys(traffic)),
    resources: { [service]: { averageTasks } },
    rehearsed: new Set([service]),
  };
}

/** Both: figures of `measured` stand before those of `rehearsal`. */
export function withRehearsal(measured: Usage, rehearsal: Usage): Usage {
  // The share of the edge belongs to the requests that it is a share of.
  const measuredTraffic = measured.given.has('requests') || measured.given.has('originShare');
  const { requests, originShare } = measuredTraffic ? measured.traffic : rehearsal.traffic;
  const shared = Object.keys(rehearsal.resources).filter((address) => measured.resources[address] !== undefined);
  return {
    source: `${measured.source}, ${rehearsal.source}`,
    traffic: { ...measured.traffic, requests, originShare },
    given: measuredTraffic ? measured.given : new Set([...measured.given, ...rehearsal.given]),
    resources: { ...rehearsal.resources, ...measured.resources },
    rehearsed: new Set([...rehearsal.rehearsed].filter((address) => !shared.includes(address))),
  };
}

function playedOf(rehearsals: readonly Played[], source: string, wanted: string | undefined): Played {
  const names = rehearsals.map(({ scenario: { name } }) => name);
  const [only] = rehearsals;
  if (wanted === undefined && rehearsals.length === 1 && only !== undefined) return only;
  const found = rehearsals.find(({ scenario: { name } }) => name === (wanted ?? ORDINARY_SCENARIO));
  if (found !== undefined) return found;
  const listed = names.join(', ') || 'none';
  throw new CostInputError(
    wanted === undefined
      ? `${source} has ${rehearsals.length} scenarios: say with --scenario which one a month is like (${listed})`
      : `${source} has no scenario named ${wanted}: it has ${listed}`,
  );
}

/** Weighed by time, because a long rehearsal has rows of several minutes. */
function quantileOf(rows: readonly Row[], share: number): number {
  const sorted = [...rows].sort((a, b) => a.cpuPercent - b.cpuPercent);
  const total = rows.reduce((sum, { seconds }) => sum + seconds, 0);
  let passed = 0;
  for (const { seconds, cpuPercent } of sorted) {
    passed += seconds;
    if (passed >= share * total) return cpuPercent / 100;
  }
  return Number.NaN;
}

function isPlayed(value: unknown): value is Played {
  const shown = field(value, 'shown');
  const taskHours = field(field(field(value, 'verdict'), 'figures'), 'taskHours');
  const rows = field(shown, 'rows');
  return (
    typeof field(field(value, 'scenario'), 'name') === 'string' &&
    ['low', 'median', 'high'].every((name) => isAmount(field(taskHours, name))) &&
    isAmount(field(shown, 'requests')) &&
    Number(field(shown, 'durationSeconds')) > 0 &&
    Array.isArray(rows) &&
    rows.every((row) => isAmount(field(row, 'seconds')) && isAmount(field(row, 'cpuPercent')))
  );
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
