import { COMPONENTS, money, signedMoney } from '../../cost';
import type { Review } from '../review';
import { type Table, unlessEmpty } from './table';

/** Less than this a month is rounding, and no reviewer wants to read it. */
const WORTH_SAYING = 0.005;

/** USD per month of each environment, and of the components that carry the difference. */
export function costTable({ environments }: Review): Table[] {
  const rows = environments.flatMap(({ name, cost }) => {
    if (cost === undefined || Math.abs(cost.diff.total.expected) < WORTH_SAYING) return [];
    const { before, after, total, components } = cost.diff;
    const carriers = COMPONENTS.filter((component) => Math.abs(components[component]) >= WORTH_SAYING)
      .sort((a, b) => Math.abs(components[b]) - Math.abs(components[a]))
      .map((component) => `${component} ${signedMoney(components[component])}`);
    const figures = [before.total.expected, after.total.expected].map(money);
    return [[name, ...figures, signedMoney(total.expected), carriers.join(', ')]];
  });
  return unlessEmpty({
    title: 'USD per month',
    head: ['environment', 'before', 'after', 'change', 'because of'],
    rows,
  });
}

/** What a million requests cost on average, and what a million more would. */
export function perMillionTable({ environments }: Review): Table[] {
  const rows = environments.flatMap(({ name, cost }) => {
    if (cost?.marginalBefore === undefined || cost.marginalAfter === undefined) return [];
    const { before, after, total } = cost.diff;
    if (Math.abs(total.expected) < WORTH_SAYING) return [];
    const [was, is] = [before, after].map((side) => (side.total.expected / side.requests) * 1e6);
    const arrow = (from = 0, to = 0) => (money(from) === money(to) ? money(to) : `${money(from)} → ${money(to)}`);
    return [[name, arrow(was, is), arrow(cost.marginalBefore, cost.marginalAfter)]];
  });
  return unlessEmpty({
    title: 'USD per million requests',
    head: ['environment', 'on average', 'one more million'],
    rows,
  });
}
