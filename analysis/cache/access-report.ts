import { adviseTtls, type TtlAdvice } from '../../runtime/cache/advise-ttls';
import { StackDistances } from '../rehearsal/queueing/stack-distance';
import type { RecordedAccess } from './access-file';
import { judgeKeys, type KeyDesign } from './key-design';

export interface AccessReportOptions {
  /** One key in how many was followed: what is counted stands for so many times as much. */
  readonly oneKeyIn: number;
  /** What a second of one vCPU of the database costs in USD. */
  readonly usdPerVcpuSecond: number;
  /** Reads of a class below which no advice is given. */
  readonly fewestReads: number;
}

/** What the accesses to one key class say. */
export interface ClassReport {
  readonly keyClass: string;
  readonly reads: number;
  readonly writes: number;
  /** Shares of the reads by what answered; `untold` are hits of batches. */
  readonly answered: Readonly<Record<'memory' | 'server' | 'untold' | 'load' | 'none', number>>;
  /** Hit ratio of one LRU cache of so many percent of the keys, by TTL; changes empty it. */
  readonly bySize: readonly {
    readonly percent: number;
    readonly entries: number;
    readonly hitRatios: readonly number[];
  }[];
  readonly advice: TtlAdvice;
  readonly keyDesign: KeyDesign;
  /** Loads that began while one of the same key ran, and the most that ran at once. */
  readonly stampedes: { readonly loads: number; readonly most: number };
  readonly recommendation: 'begin to cache' | 'stop caching' | 'keep' | 'leave uncached' | 'too few reads';
  readonly database: {
    /** Time that loads took and that hits spared, in seconds. */
    readonly loadSeconds: number;
    readonly sparedSeconds: number;
    /** At most: as if each of these seconds kept a vCPU of a reader busy. */
    readonly sparedUsd: number;
  };
}

const SIZES_PERCENT = [5, 20, 50, 100] as const;
/** The last one is no TTL at all. */
export const TTLS_SECONDS = [60, 300, 900, Number.POSITIVE_INFINITY] as const;

/** Judges each key class by recorded accesses, which are in the order of their time; the most read comes first. */
export function accessReport(accesses: readonly RecordedAccess[], options: AccessReportOptions): ClassReport[] {
  return adviseTtls(accesses, { fewestReads: options.fewestReads }).map((advice) => {
    const own = accesses.filter(({ keyClass }) => keyClass === advice.keyClass);
    const reads = own.filter(({ kind }) => kind === 'read');
    const answered = sharesOf(reads);
    return {
      keyClass: advice.keyClass,
      reads: advice.reads,
      writes: advice.writes,
      answered,
      bySize: hitRatios(own),
      advice,
      keyDesign: judgeKeys(reads),
      stampedes: stampedesOf(reads),
      recommendation: recommend(advice, answered),
      database: databaseLoad(reads, answered, options),
    };
  });
}

function sharesOf(reads: readonly RecordedAccess[]): ClassReport['answered'] {
  const shares = { memory: 0, server: 0, untold: 0, load: 0, none: 0 };
  for (const { tier = 'untold' } of reads) shares[tier] += 1 / reads.length;
  return shares;
}

/** By exact stack distances. An entry lives for its TTL and until its key is written. */
function hitRatios(accesses: readonly RecordedAccess[]): ClassReport['bySize'] {
  const reads: { readonly at: number; readonly key: number; readonly version: number }[] = [];
  const versions = new Map<number, number>();
  for (const { at, key, kind } of accesses) {
    const version = versions.get(key) ?? 0;
    if (kind === 'read') reads.push({ at, key, version });
    else versions.set(key, version + 1);
  }
  const byTtl = TTLS_SECONDS.map((ttl) => {
    const alive = (loaded: number, position: number): boolean => {
      const [from, to] = [reads[loaded], reads[position]];
      return from !== undefined && to !== undefined && from.version === to.version && to.at - from.at < ttl * 1_000;
    };
    return new StackDistances(
      reads.map(({ key }) => key),
      alive,
    );
  });
  return SIZES_PERCENT.map((percent) => {
    const entries = Math.max(1, Math.round(((byTtl[0]?.uniqueKeys ?? 0) * percent) / 100));
    return { percent, entries, hitRatios: byTtl.map((distances) => distances.hitRatio(entries)) };
  });
}

function stampedesOf(reads: readonly RecordedAccess[]): ClassReport['stampedes'] {
  const running = new Map<number, number[]>();
  let [loads, most] = [0, 0];
  for (const { at, key, tier, loadMs = 0 } of reads) {
    if (tier !== 'load') continue;
    const ends = (running.get(key) ?? []).filter((end) => end > at);
    if (ends.length > 0) loads++;
    most = Math.max(most, ends.push(at + loadMs));
    running.set(key, ends);
  }
  return { loads, most };
}

function recommend(
  advice: TtlAdvice,
  { memory, server, untold }: ClassReport['answered'],
): ClassReport['recommendation'] {
  if (advice.verdict === 'too few reads') return advice.verdict;
  const cached = memory + server + untold > 0;
  if (advice.verdict === 'not worth caching') return cached ? 'stop caching' : 'leave uncached';
  return cached ? 'keep' : 'begin to cache';
}

function databaseLoad(
  reads: readonly RecordedAccess[],
  { memory, server, untold }: ClassReport['answered'],
  { oneKeyIn, usdPerVcpuSecond }: AccessReportOptions,
): ClassReport['database'] {
  const loads = reads.flatMap(({ tier, loadMs }) => (tier === 'load' && loadMs !== undefined ? [loadMs] : []));
  const loadSeconds = (loads.reduce((sum, load) => sum + load, 0) / 1_000) * oneKeyIn;
  const hits = (memory + server + untold) * reads.length * oneKeyIn;
  const sparedSeconds = loads.length === 0 ? 0 : (hits * loadSeconds) / (loads.length * oneKeyIn);
  return { loadSeconds, sparedSeconds, sparedUsd: sparedSeconds * usdPerVcpuSecond };
}
