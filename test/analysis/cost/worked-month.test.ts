import { readFileSync } from 'node:fs';
import { priced } from './sample';
import { WORKED_PLATFORM, WORKED_USAGE } from './worked-month';

interface Row {
  readonly resources: readonly string[];
  readonly meter: string;
  readonly quantity: number;
  readonly price: number;
  readonly usd: number;
}

const document = readFileSync('docs/cost.md', 'utf8');
const section = /## A month by hand\n([\s\S]*?)\n## /u.exec(document)?.[1] ?? '';
const number = (cell: string | undefined): number => Number((cell ?? '').replaceAll(/[,*\s]/gu, ''));
const cells = section
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| resource') && !line.includes('---'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const rows = cells
  .filter(([name]) => !name?.includes('total'))
  .map(
    ([names, meter, quantity, price, usd]): Row => ({
      resources: (names ?? '').split(', '),
      meter: (meter ?? '').replaceAll('`', ''),
      quantity: number(quantity),
      price: number(price),
      usd: number(usd),
    }),
  );
const total = number(cells.find(([name]) => name?.includes('total'))?.[4]);
const result = priced(WORKED_PLATFORM, WORKED_USAGE);
const cents = (usd: number): number => Math.round(usd * 100);

test('the arithmetic in the document is right', () => {
  expect(rows.length).toBeGreaterThan(25);
  for (const { meter, quantity, price, usd } of rows) {
    // Four decimals in the document.
    expect([meter, Math.abs(quantity * price - usd) < 0.00006]).toEqual([meter, true]);
  }
  expect(cents(rows.reduce((sum, { usd }) => sum + usd, 0))).toBe(cents(total));
});

test.each(rows.map((row) => [`${row.resources.join(', ')} ${row.meter}`, row] as const))(
  'the tool says the same to the cent: %s',
  (_, { resources, meter, usd, quantity }) => {
    const lines = result.lines.filter(
      (line) => line.meter === meter && resources.some((id) => line.address.endsWith(`/${id}`)),
    );
    expect(lines.length).toBe(resources.length);
    expect(lines.reduce((sum, line) => sum + line.quantity.expected, 0)).toBeCloseTo(quantity, 6);
    expect(cents(lines.reduce((sum, line) => sum + (line.usd?.expected ?? Number.NaN), 0))).toBe(cents(usd));
  },
);

test('the tool has no line that the document leaves out, and the same total to the cent', () => {
  expect(result.counts.unpriced).toBe(0);
  const listed = new Set(rows.flatMap(({ resources, meter }) => resources.map((id) => `Web/${id} ${meter}`)));
  expect(result.lines.map(({ address, meter }) => `${address} ${meter}`).filter((id) => !listed.has(id))).toEqual([]);
  expect(cents(result.total.expected)).toBe(cents(total));
});
