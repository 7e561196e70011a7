import type { PriceBook } from '../cost/prices/price-book';
import { MOST_BUSY, sizesThatCarry, type TaskSize } from '../cost/savings/fargate-sizes';
import { type Deployed, HOURS_PER_MONTH, percent, type Recommendation, sharesOf, type Uses } from './recommendation';
import { quantile } from './statistics';

/** Two weeks: less has not seen what a percentile is about. */
const LEAST_HOURS = 14 * 24;
/** Half the size is twice as full: below this it is still below what is usable. */
const IDLE = 0.35;
const FULL = 0.7;

/** USD per hour of a task; NaN when a price is unknown, so that nothing is recommended on it. */
export function taskPrice(
  { cpu, memoryMiB }: TaskSize,
  { region }: Pick<Deployed, 'region'>,
  prices: PriceBook,
): number {
  const vcpu = prices.firstUnit('fargate.vcpu.arm', region) ?? Number.NaN;
  const gb = prices.firstUnit('fargate.gb.arm', region) ?? Number.NaN;
  return (cpu / 1024) * vcpu + (memoryMiB / 1024) * gb;
}

/** Tasks of another size: smaller ones when these are idle, more memory when it runs out. */
export function taskSizing(uses: Uses, deployed: Deployed, prices: PriceBook): readonly Recommendation[] {
  const [cpu, memory] = [sharesOf(uses, 'task_cpu'), sharesOf(uses, 'service_memory')];
  if (cpu.length < LEAST_HOURS || memory.length < LEAST_HOURS) return [];
  const now = deployed.task;
  const load = { cpuP95: quantile(cpu, 0.95), memoryMax: Math.max(...memory) };
  const running = Math.max(
    now.minTasks,
    quantile(sharesOf(uses, 'running_tasks'), 0.5) * (uses.get('running_tasks')?.ceiling ?? 1),
  );
  // What comes and goes does the same work on as many more tasks as they are smaller.
  const cost = (size: TaskSize): number =>
    HOURS_PER_MONTH *
    taskPrice(size, deployed, prices) *
    (now.minTasks + (running - now.minTasks) * (now.cpu / size.cpu));
  const [best] = sizesThatCarry(now, load)
    .map((size) => ({ size, savingUsd: cost(now) - cost(size) }))
    .sort((a, b) => b.savingUsd - a.savingUsd);
  const fits = best !== undefined && best.size.cpu === now.cpu && best.size.memoryMiB === now.memoryMiB;
  const tooSmall = load.memoryMax > 0.9;
  if (best === undefined || fits || (!tooSmall && !(best.savingUsd > 0))) return [];
  return [
    {
      id: 'right-size:service',
      kind: 'right-size',
      title: `tasks of ${best.size.cpu / 1024} vCPU and ${best.size.memoryMiB} MiB instead of ${now.cpu / 1024} and ${now.memoryMiB}`,
      evidence: [
        `95 % of the hours used at most ${percent(load.cpuP95)} of a task's CPU, and ${percent(MOST_BUSY.cpu)} can be used`,
        `memory was at ${percent(load.memoryMax)} at the most, and ${percent(MOST_BUSY.memory)} can be used`,
      ],
      savingUsd: best.savingUsd,
      risk: 'bursts within an hour have less room; rehearse with the smaller --capacity first',
      change: { field: 'service.cpu, service.memoryMiB', to: `${best.size.cpu}, ${best.size.memoryMiB}` },
    },
  ];
}

/** Instances of the database one size up or down. Serverless ones change their size by themselves. */
export function databaseSizing(
  uses: Uses,
  { database, region }: Deployed,
  prices: PriceBook,
): readonly Recommendation[] {
  if (database.kind === 'serverless') return [];
  const tier = database.storage === 'io-optimized' ? 'ioopt' : 'standard';
  return nodeSizing({
    id: 'right-size:database',
    uses,
    watched: ['database_cpu', 'database_reader_cpu', 'database_connections'],
    type: database.instanceClass,
    count: database.instances,
    price: (type) => prices.firstUnit(`aurora.instance.${tier}.db.${type}`, region),
    field: 'database.capacity.instanceClass',
    risk: 'a smaller instance has half the memory: watch the buffer cache, and change readers before the writer',
  });
}

/** Nodes of the cache one size up or down. */
export function cacheSizing(uses: Uses, { cache, region }: Deployed, prices: PriceBook): readonly Recommendation[] {
  if (cache === 'none') return [];
  return nodeSizing({
    id: 'right-size:cache',
    uses,
    watched: ['cache_memory', 'cache_cpu'],
    type: cache.nodeType,
    count: cache.nodes,
    price: (type) => prices.firstUnit(`elasticache.valkey.node.${type}`, region),
    field: 'cache.capacity.nodeType',
    risk: 'the cache is resized online and is slower meanwhile; what does not fit is thrown out',
  });
}

interface NodeSizing {
  readonly id: string;
  readonly uses: Uses;
  /** Everything that must fit. */
  readonly watched: readonly string[];
  readonly type: string;
  readonly count: number;
  price(type: string): number | undefined;
  readonly field: string;
  readonly risk: string;
}

function nodeSizing({ id, uses, watched, type, count, price, field, risk }: NodeSizing): readonly Recommendation[] {
  const measured = watched
    .map((name) => ({ name, shares: sharesOf(uses, name) }))
    .filter(({ shares }) => shares.length >= LEAST_HOURS)
    .map(({ name, shares }) => ({ name, p95: quantile(shares, 0.95), p99: quantile(shares, 0.99) }));
  const full = measured.filter(({ p95 }) => p95 > FULL);
  const idle = measured.length > 0 && measured.every(({ p99 }) => p99 < IDLE);
  const other = full.length > 0 ? sizeBeside(type, 1) : idle ? sizeBeside(type, -1) : undefined;
  const [now, then] = [price(type), other === undefined ? undefined : price(other)];
  const priced = now !== undefined && then !== undefined;
  // Whoever is full needs more, whatever it costs; whoever is idle wants to save something that is known.
  if (other === undefined || (full.length === 0 && !priced)) return [];
  return [
    {
      id,
      kind: 'right-size',
      title: `${other} instead of ${type}`,
      evidence: (full.length > 0 ? full : measured).map(
        ({ name, p95, p99 }) =>
          `${name} was at ${percent(p95)} or less in 95 %, and at ${percent(p99)} in 99 % of the hours`,
      ),
      ...(priced && { savingUsd: (now - then) * count * HOURS_PER_MONTH }),
      risk,
      change: { field, to: other },
    },
  ];
}

const SIZES = ['medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge'];

/** The type one size up (1) or down (-1): each has twice what the one before has, except that medium has as many cores as large. */
function sizeBeside(type: string, step: 1 | -1): string | undefined {
  const [, family = '', size = ''] = /^(.*\.)(\w+)$/.exec(type) ?? [];
  const other = SIZES[SIZES.indexOf(size) + step];
  return SIZES.includes(size) && other !== undefined ? `${family}${other}` : undefined;
}
