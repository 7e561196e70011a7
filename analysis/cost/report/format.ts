import type { Range } from '../quantity';

const MONEY = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `1,685.14`. */
export function money(usd: number): string {
  // Not -0.00.
  return MONEY.format(Math.abs(usd) < 0.005 ? 0 : usd);
}

/** `+12.30` or `-12.30`. */
export function signedMoney(usd: number): string {
  return `${usd >= 0.005 ? '+' : ''}${money(usd)}`;
}

/** `202.14 – 474.75`, or one figure when there is no spread. */
export function spread({ low, high }: Range): string {
  return money(low) === money(high) ? money(low) : `${money(low)} – ${money(high)}`;
}

/** A share of a whole in percent, `–` when the whole is nothing. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`;
}

/** A quantity with six significant digits: `1,460`, `0.00002`. */
export function amount(quantity: number): string {
  return quantity.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}
