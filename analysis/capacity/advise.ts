import type { PriceBook } from '../cost/prices/price-book';
import { type Bottleneck, bottleneckOf } from './bottleneck';
import { commitments } from './commitments';
import { type Projection, projectUse } from './projection';
import { type Deployed, percent, type Recommendation, sharesOf, type Uses } from './recommendation';
import { isTooLittle, type Point, type ResourceUse, type TooLittleData } from './resource-use';
import { cacheSizing, databaseSizing, taskSizing } from './sizing';
import { quantile } from './statistics';

/** What was measured and what is deployed. */
export interface AdviceInput {
  /** Requests per second, hour by hour. */
  readonly load: readonly Point[];
  /** What can run out. */
  readonly resources: readonly ResourceUse[];
  /** What only tells about sizes, such as how busy each task is. */
  readonly sizes: readonly ResourceUse[];
  readonly deployed: Deployed;
  readonly prices: PriceBook;
  readonly now: Date;
}

export interface Advice {
  /** ISO 8601. */
  readonly at: string;
  readonly bottleneck: Bottleneck | TooLittleData;
  readonly projections: readonly Projection[];
  /** Why there is no projection for the others. */
  readonly gaps: readonly string[];
  readonly recommendations: readonly Recommendation[];
}

const DAY_MS = 86_400_000;
/** What is reached within these many days is to be raised now: quotas and reviews take weeks. */
const SOON_DAYS = 60;

/** Everything that the measurements say about capacity, the most urgent first. */
export function advise({ load, resources, sizes, deployed, prices, now }: AdviceInput): Advice {
  const uses: Uses = new Map([...resources, ...sizes].map((use) => [use.type, use]));
  const answers = resources.map(projectUse);
  const projections = answers.flatMap((answer) => (isTooLittle(answer) ? [] : [answer]));
  const sizing = [
    ...taskSizing(uses, deployed, prices),
    ...databaseSizing(uses, deployed, prices),
    ...cacheSizing(uses, deployed, prices),
  ];
  return {
    at: now.toISOString(),
    bottleneck: bottleneckOf(load, resources),
    projections: [...projections].sort((a, b) => reachedMs(a) - reachedMs(b)),
    gaps: answers.flatMap((answer) => (isTooLittle(answer) ? [answer.tooLittle] : [])),
    recommendations: [
      ...projections.flatMap((projection) => raise(projection, now)),
      ...poolSize(uses, deployed),
      ...sizing,
      ...commitments(uses, deployed, prices),
    ],
  };
}

const reachedMs = ({ reached }: Projection): number => reached?.expected.getTime() ?? Number.POSITIVE_INFINITY;

function raise({ resource, reached, today, perMonth, growth, days }: Projection, now: Date): readonly Recommendation[] {
  if (reached === undefined || reached.earliest.getTime() - now.getTime() > SOON_DAYS * DAY_MS) return [];
  const date = (day: Date): string => day.toISOString().slice(0, 10);
  // Room for as long as nobody wants to think about it again.
  const inHalfYear = growth === 'compound' ? today * (1 + perMonth) ** 6 : today + 6 * perMonth;
  const to = Math.ceil((resource.ceiling * inHalfYear) / resource.usable);
  return [
    {
      id: `raise-ceiling:${resource.type}`,
      kind: 'raise-ceiling',
      title: `${resource.type} reaches ${percent(resource.usable)} of ${resource.ceiling} ${resource.unit} about ${date(reached.expected)}`,
      evidence: [
        `the busiest weekday uses ${percent(today)} today, and ${growth} growth adds ${percent(perMonth)} a month (${days} days seen)`,
        `between ${date(reached.earliest)} and ${date(reached.latest)} in 95 % of samples`,
      ],
      risk: 'a higher ceiling is paid for when it is used; check what stands behind it (connections, quotas) for the same load',
      change: { field: resource.field, to: `at least ${to} ${resource.unit}, enough for half a year` },
    },
  ];
}

/** A task may use this share of its connections before statements begin to wait for one another. */
const USABLE_CONNECTIONS = 0.7;
const LEAST_CONNECTIONS = 2;
const LEAST_HOURS = 14 * 24;

/** Connections for each process from those in use at the busiest time: by Little's law rate × time, so they follow the load. */
function poolSize(uses: Uses, { connectionsPerEndpoint, task }: Deployed): readonly Recommendation[] {
  const [borrowed, running] = [uses.get('pool_connections'), uses.get('running_tasks')];
  const shares = sharesOf(uses, 'pool_connections');
  if (borrowed === undefined || running === undefined || shares.length < LEAST_HOURS) return [];
  const tasksAt = new Map(
    running.points.map(({ ms, value }) => [ms, Math.max(task.minTasks, value * running.ceiling)]),
  );
  const perTask = borrowed.points.map(
    ({ ms, value }) => (value * borrowed.ceiling) / (tasksAt.get(ms) ?? task.minTasks),
  );
  const busiest = quantile(perTask, 0.99);
  const wanted = Math.max(LEAST_CONNECTIONS, Math.ceil(busiest / USABLE_CONNECTIONS));
  if (wanted === connectionsPerEndpoint || Math.abs(wanted / connectionsPerEndpoint - 1) < 0.25) return [];
  return [
    {
      id: 'pool-size:service',
      kind: 'pool-size',
      title: `${wanted} connections for each task and endpoint instead of ${connectionsPerEndpoint}`,
      evidence: [`tasks used ${busiest.toFixed(1)} connections each in the busiest 1 % of the hours`],
      risk:
        wanted > connectionsPerEndpoint
          ? 'more connections only queue inside of the database when its cores are busy'
          : 'statements of a burst wait in the process, and are shed when they wait too long',
      change: { field: 'database.connectionsPerEndpoint', to: `${wanted}` },
    },
  ];
}
