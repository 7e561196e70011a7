import { readFileSync } from 'node:fs';
import { inputRows, trafficRows } from './inputs-table';

const document = readFileSync('docs/cost.md', 'utf8');

test('docs/cost.md lists every usage input and every assumption as they are', () => {
  const missing = [...inputRows(), ...trafficRows()].filter((row) => !document.includes(row));
  expect(missing).toEqual([]);
});
