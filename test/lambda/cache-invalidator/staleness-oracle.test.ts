import { type Place, StalenessOracle } from './staleness-oracle';

const edge: Place = { name: 'edge 1', tier: 'edge' };
const change = (version: number, acknowledgedAt: number) => ({ item: 1, version, acknowledgedAt });

test('a read is as stale as the oldest version that it should have shown', () => {
  const oracle = new StalenessOracle();
  oracle.wrote(change(2, 1_000));
  oracle.wrote(change(3, 5_000));
  oracle.saw({ place: edge, item: 1, version: 1, beganAt: 900 });
  expect(oracle.stalestMillis).toBe(0);
  oracle.saw({ place: edge, item: 1, version: 1, beganAt: 6_000 });
  expect(oracle.stalestMillis).toBe(5_000);
  oracle.saw({ place: edge, item: 1, version: 2, beganAt: 7_000 });
  expect(oracle.stalestMillis).toBe(5_000);
});

test('a change is shown from the first reader on after whom nobody was shown the old value', () => {
  const oracle = new StalenessOracle();
  const made = change(2, 1_000);
  oracle.wrote(made);
  expect(oracle.shownAfter(made, edge)).toBeUndefined();
  oracle.saw({ place: edge, item: 1, version: 2, beganAt: 1_300 });
  // Asked before that one and was answered after it.
  oracle.saw({ place: edge, item: 1, version: 1, beganAt: 1_200 });
  expect(oracle.shownAfter(made, edge)).toBe(300);
  oracle.saw({ place: edge, item: 1, version: 1, beganAt: 1_500 });
  expect(oracle.shownAfter(made, edge)).toBeUndefined();
  oracle.saw({ place: edge, item: 1, version: 2, beganAt: 1_700 });
  expect(oracle.shownAfter(made, edge)).toBe(700);
});
