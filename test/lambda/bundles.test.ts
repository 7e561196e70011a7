import { readdirSync } from 'node:fs';
import { readBundles } from '../bench/bundles';

const bundles = readBundles();

test('every function was built', () => {
  const built = readdirSync('dist/lambda');
  expect(bundles.map(({ name }) => name).sort()).toEqual([...built].sort());
});

test.each(bundles.map(({ name, unused }) => [name, unused] as const))(
  '%s carries no client of AWS that it does not use',
  (_name, unused) => {
    expect(unused).toEqual([]);
  },
);
