import {
  type Evidence,
  HOURS_PER_MONTH,
  NO_USAGE,
  readRehearsal,
  readUsage,
  readUtilisation,
  type Usage,
  type Utilisation,
  usageOfRehearsal,
  withRehearsal,
} from '../../analysis/cost';
import { UsageError } from '../shared/errors';

/** Flags that say what was measured or rehearsed. */
export interface Given {
  readonly usage?: string;
  readonly rehearsal?: string;
  readonly scenario?: string;
  readonly utilisation?: string;
  readonly cpuP95?: string;
  readonly memoryMax?: string;
  readonly readerUtilisation?: string;
  readonly cacheHitRatio?: string;
}

/** The usage file, the rehearsal, or both. */
export function usageGiven({ usage, rehearsal, scenario }: Given): Usage | undefined {
  if (scenario !== undefined && rehearsal === undefined) throw new UsageError('--scenario needs --rehearsal');
  const measured = usage === undefined ? undefined : readUsage(usage);
  if (rehearsal === undefined) return measured;
  return withRehearsal(measured ?? NO_USAGE, usageOfRehearsal(readRehearsal(rehearsal, scenario), HOURS_PER_MONTH));
}

/** The load of the tasks: from the file, else from the flags, else from the rehearsal. */
function utilisationOf(options: Given): Utilisation | undefined {
  const { utilisation, rehearsal, scenario } = options;
  if (utilisation !== undefined) return readUtilisation(utilisation);
  const cpuP95 = shareOf(options.cpuP95, '--cpu-p95');
  const memoryMax = shareOf(options.memoryMax, '--memory-max');
  if (cpuP95 !== undefined || memoryMax !== undefined) {
    const load = { ...(cpuP95 === undefined ? {} : { cpuP95 }), ...(memoryMax === undefined ? {} : { memoryMax }) };
    return { 'AWS::ECS::Service': { ...load, source: 'given by flags' } };
  }
  if (rehearsal === undefined) return undefined;
  const { service, cpuP95: rehearsed, source } = readRehearsal(rehearsal, scenario);
  return { [service]: { cpuP95: rehearsed, source } };
}

/** What is known from measurements, for the savings. */
export function evidenceOf(options: Given): Evidence {
  const utilisation = utilisationOf(options);
  const readerUtilisation = shareOf(options.readerUtilisation, '--reader-utilisation');
  const cacheHitRatio = shareOf(options.cacheHitRatio, '--cache-hit-ratio');
  return {
    ...(readerUtilisation === undefined ? {} : { readerUtilisation }),
    ...(cacheHitRatio === undefined ? {} : { cacheHitRatio }),
    ...(utilisation === undefined ? {} : { utilisation }),
  };
}

function shareOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const share = Number(text);
  if (share >= 0 && share <= 1) return share;
  throw new UsageError(`${flag} must be a share between 0 and 1, got '${text}'`);
}
