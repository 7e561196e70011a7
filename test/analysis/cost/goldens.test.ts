import { estimate } from '../../../analysis/cost/estimate';
import { usageFrom } from '../../../analysis/cost/usage/usage';
import { loadTemplate } from '../template/write-template';
import goldens from './goldens.json';

/** The goldens are rounded to cents per line, and a line of ours may add up several of theirs (one per tier). */
const CENT = 0.01;

test.each(goldens.cases.map((golden) => [golden.id, golden] as const))('%s costs what infracost says', (_, golden) => {
  const assembly = loadTemplate({ Resources: golden.resources }, { region: golden.region });
  const result = estimate(assembly, { usage: usageFrom({ resources: golden.usage }, 'the golden') });
  for (const [meter, expected] of Object.entries(golden.expected)) {
    const [line, ...others] = result.lines.filter(({ meter: id }) => id === meter);
    expect(others).toEqual([]);
    expect(Math.abs((line?.usd?.expected ?? Number.NaN) - expected.usd)).toBeLessThanOrEqual(CENT);
    expect(line?.quantity.expected).toBeCloseTo(expected.quantity, 6);
  }
  expect(result.counts.unpriced).toBe(0);
});
