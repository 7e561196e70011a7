import type { Resource } from '../../template';
import { mapQuantity, type Origin, type Quantity, type Range } from '../quantity';
import { type Context, type Input, type Subject, UnresolvedPropertyError } from './rule';

const SCALABLE_TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';

/**
 * How many of something run on average: what was given, else between the bounds of its scalable target (a quarter of the
 * way up is expected), else `absent`. What lies above the minimum grows with the traffic.
 */
export function scaledCount(
  subject: Subject,
  context: Context,
  options: { readonly dimension: string; readonly input: string; readonly absent: number; readonly what: string },
): Quantity {
  const { min, max } = boundsOf(subject, context, options.dimension) ?? { min: options.absent, max: options.absent };
  const given = subject.figure(options.input);
  const average = given ? asRange(given.value) : { low: min, expected: min + (max - min) / 4, high: max };
  const origin: Origin = given?.origin ?? (min === max ? 'template' : 'assumption');
  const quantity = { ...average, origin, why: `${describeCount(average)} ${options.what}` };
  return mapQuantity(quantity, (count) => {
    const floor = Math.min(min, count);
    return Math.min(floor + (count - floor) * context.scale, Math.max(max, count));
  });
}

/** The input that {@link scaledCount} takes for what scales. */
export function scalingInput(what: string): Input {
  const why = 'a quarter of the way from the least to the most';
  return { unit: `${what} on average over the month`, perRequest: false, assume: () => 1, why };
}

/** The bounds between which Application Auto Scaling moves `dimension` of the subject. */
export function boundsOf(
  subject: Subject,
  context: Context,
  dimension: string,
): { readonly min: number; readonly max: number } | undefined {
  for (const resource of subject.namedBy(SCALABLE_TARGET)) {
    const target = context.subject(resource);
    if (target.text('ScalableDimension') !== dimension) continue;
    return { min: target.number('MinCapacity'), max: target.number('MaxCapacity') };
  }
  return undefined;
}

/** The instances of an Aurora cluster. */
export function instancesOf(cluster: Subject): readonly Resource[] {
  return cluster.namedBy('AWS::RDS::DBInstance').filter((instance) => {
    const named = instance.property('DBClusterIdentifier');
    return named !== undefined;
  });
}

/** vCPUs of a database instance class: `large` and smaller have 2, `xlarge` 4, `Nxlarge` 4 N. */
export function vcpusOf(instanceClass: string): number {
  const size = instanceClass.split('.').at(-1) ?? '';
  if (['micro', 'small', 'medium', 'large'].includes(size)) return 2;
  const factor = /^(\d*)xlarge$/u.exec(size)?.[1];
  if (factor === undefined) throw new UnresolvedPropertyError(`the vCPUs of ${instanceClass} are not known`);
  return 4 * (factor === '' ? 1 : Number(factor));
}

/** A usage value as a range; of a cycle of hourly figures, their mean. */
export function asRange(value: number | Range | readonly number[]): Range {
  if (typeof value === 'number') return { low: value, expected: value, high: value };
  if ('low' in value) return value;
  const mean = value.reduce((sum, item) => sum + item, 0) / value.length;
  return { low: mean, expected: mean, high: mean };
}

/** Times per month that a `rate(…)` or `cron(…)` expression fires, or `undefined` when it is neither. */
export function runsPerMonth(expression: string, hours: number): number | undefined {
  const [, amount, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/u.exec(expression) ?? [];
  if (amount !== undefined && unit !== undefined) {
    const minutes = { minute: 1, hour: 60, day: 1440 }[unit] ?? 1;
    return (hours * 60) / (Number(amount) * minutes);
  }
  const fields = /^cron\((.+)\)$/u.exec(expression)?.[1]?.split(' ');
  if (fields === undefined) return undefined;
  const [minutes = '*', hoursOfDay = '*', dayOfMonth = '*', , dayOfWeek = '*'] = fields;
  const days = hours / 24;
  const perDay = values(minutes, 60) * values(hoursOfDay, 24);
  if (values(dayOfMonth, 0) > 0) return perDay * values(dayOfMonth, 0) * (days / 30.4);
  return perDay * (values(dayOfWeek, 0) > 0 ? (values(dayOfWeek, 0) * days) / 7 : days);
}

/** How many values of a field of `all` a cron term names: `*`, `5`, `1,2`, `1-5`, `0/15`. */
function values(term: string, all: number): number {
  if (term === '*' || term === '?') return all;
  return term.split(',').reduce((count, part) => {
    const [, step] = part.split('/');
    if (step !== undefined) return count + Math.ceil((all || 31) / Number(step));
    const [from, to] = part.split('-').map(Number);
    return count + (from !== undefined && to !== undefined && !Number.isNaN(to) ? Math.max(to - from + 1, 1) : 1);
  }, 0);
}

function describeCount({ low, expected, high }: Range): string {
  return low === high ? String(expected) : `${low} to ${high}, ${expected} on average,`;
}
