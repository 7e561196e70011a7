import { renderTable } from '../../bin/shared/table';
import type { BenchRow } from './bench';
import { benchmarks } from './benchmarks';

const HELP = `Usage: npm run bench [-- <name> …] [-- --json]

Runs the benchmarks and prints each figure beside its physical limit or peer, measured in the same run.
${benchmarks.map(({ name, description }) => `  ${name.padEnd(12)} ${description}`).join('\n')}
`;

function verdict(row: BenchRow): string {
  if (row.goal === undefined) return '–';
  const ratio = row.figure / row.reference.figure;
  if ('atLeast' in row.goal) return `${ratio >= row.goal.atLeast ? 'met' : 'MISSED'} (≥ ${row.goal.atLeast})`;
  return `${ratio <= row.goal.atMost ? 'met' : 'MISSED'} (≤ ${row.goal.atMost})`;
}

function table(rows: readonly BenchRow[]): string {
  return renderTable(
    ['benchmark', 'figure', 'beside', 'figure', 'unit', 'ratio', 'goal', 'runs'],
    rows.map((row) => [
      row.name,
      row.figure.toPrecision(4),
      row.reference.name,
      row.reference.figure.toPrecision(4),
      row.unit,
      (row.figure / row.reference.figure).toFixed(2),
      verdict(row),
      row.runs,
    ]),
  );
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.filter((name) => benchmarks.every((benchmark) => benchmark.name !== name));
  if (unknown.length > 0) {
    process.stderr.write(`no benchmark named ${unknown.join(', ')}\n\n${HELP}`);
    return 2;
  }
  const rows: BenchRow[] = [];
  for (const benchmark of benchmarks.filter(({ name }) => names.length === 0 || names.includes(name))) {
    process.stderr.write(`${benchmark.name}: ${benchmark.description}\n`);
    rows.push(...(await benchmark.run((message) => process.stderr.write(`  ${message}\n`))));
  }
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(rows, null, 2)}\n` : `${table(rows)}\n`);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    throw error;
  },
);
