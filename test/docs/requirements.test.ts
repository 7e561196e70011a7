import { existsSync, readFileSync } from 'node:fs';
import { scripts } from '../../package.json';

// How many requirements each section of the owner's list has.
const SECTIONS: Readonly<Record<string, number>> = {
  A: 6,
  B: 12,
  C: 8,
  D: 11,
  E: 7,
  F: 5,
  G: 5,
  H: 10,
  I: 9,
  J: 5,
  K: 8,
  L: 9,
  M: 3,
  N: 4,
  O: 4,
  P: 4,
  Q: 3,
  R: 2,
};
const ids = Object.entries(SECTIONS).flatMap(([section, count]) =>
  Array.from({ length: count }, (_, index) => `${section}${index + 1}`),
);

interface Row {
  readonly id: string;
  readonly metIn: string;
  readonly provenBy: string;
}

const rows: readonly Row[] = readFileSync('docs/requirements.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-R]\d+ \|/.test(line))
  .map((line) => {
    const cells = line.slice(1, -1).split('|');
    const [id = '', , , metIn = '', provenBy = ''] = cells.map((cell) => cell.trim());
    return { id, metIn, provenBy };
  });

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

test('every requirement has exactly one row', () => {
  expect(rows.map(({ id }) => id)).toEqual(ids);
});

const closed = rows.filter(({ metIn, provenBy }) => metIn !== 'open' || provenBy !== 'open');

test('each row is open, or says where it is met and what proves it', () => {
  const incomplete = closed.filter(
    ({ metIn, provenBy }) => quoted(metIn).length === 0 || quoted(provenBy).length === 0,
  );
  expect(incomplete.map(({ id }) => id)).toEqual([]);
});

test('each file that a row names exists', () => {
  const missing = closed.flatMap(({ id, metIn, provenBy }) => {
    const paths = quoted(provenBy).flatMap((command) => command.split(' ').filter((word) => word.includes('/')));
    return [...quoted(metIn), ...paths].filter((file) => !existsSync(file)).map((file) => `${id}: ${file}`);
  });
  expect(missing).toEqual([]);
});

test('each npm script that a row names exists', () => {
  const missing = closed.flatMap(({ id, provenBy }) =>
    quoted(provenBy)
      .map((command) => /^npm (?:run )?(\S+)/.exec(command)?.[1])
      .filter((script) => script === undefined || !Object.hasOwn(scripts, script))
      .map((script) => `${id}: ${script ?? 'not an npm script'}`),
  );
  expect(missing).toEqual([]);
});
