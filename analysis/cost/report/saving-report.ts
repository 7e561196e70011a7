import type { Saving } from '../savings/saving';
import { money, spread } from './format';

export const SAVING_HEAD = ['saving', 'USD', 'low – high', 'break-even', 'risk', 'change'];

/** One row per saving, the largest first. */
export function savingRows(savings: readonly Saving[]): readonly (readonly string[])[] {
  return savings.map(({ title, usd, breakEven, risk, change }) => [
    title,
    money(usd.expected),
    spread(usd),
    breakEven,
    risk,
    change,
  ]);
}
