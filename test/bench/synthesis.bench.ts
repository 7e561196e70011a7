import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadAssembly } from '../../analysis/template';
import { type Benchmark, type BenchRow, median } from './bench';

const RUNS = 5;

/** The shell's command that does nothing. */
const NOTHING = ':';

interface Way {
  readonly name: string;
  /** What runs before the app; `cdk.json`'s own `build` must not run for the others. */
  readonly build: string;
  readonly app: string;
}

const EMPTY_APP = `
const { App, Stack } = require(${JSON.stringify(require.resolve('aws-cdk-lib'))});
const app = new App();
new Stack(app, 'Empty');
app.synth();
`;

/** The same stacks three ways, each as the whole process that a user waits for. */
function ways(emptyApp: string): Record<'ours' | 'init' | 'floor', Way> {
  return {
    ours: { name: 'Headroom', build: 'node esbuild.config.mjs', app: 'node dist/bin/app.js' },
    // What `cdk init app --language typescript` writes into cdk.json.
    init: { name: 'cdk init (tsc && tsx)', build: NOTHING, app: 'npx tsc && npx tsx bin/app.ts' },
    floor: { name: 'empty app', build: NOTHING, app: `node ${emptyApp}` },
  };
}

function synthesize({ build, app }: Way, output: string): number {
  rmSync(output, { recursive: true, force: true });
  const args = ['cdk', 'synth', '--quiet', '--output', output, '--app', app, '--build', build];
  const env = { ...process.env, CDK_VALIDATION: 'true' };
  const start = performance.now();
  const { status, stderr } = spawnSync('npx', args, { env, encoding: 'utf8' });
  const milliseconds = performance.now() - start;
  if (status !== 0) throw new Error(`cdk synth with ${app} failed:\n${stderr}`);
  return milliseconds;
}

/** Validated synthesis of every environment against `cdk init`'s own settings and against an app with nothing in it. */
export const synthesisBenchmark: Benchmark = {
  name: 'synthesis',
  description: 'validated synthesis of all environments, whole process',
  async run(progress): Promise<readonly BenchRow[]> {
    const folder = mkdtempSync(path.join(tmpdir(), 'headroom-bench-'));
    try {
      const emptyApp = path.join(folder, 'empty.js');
      writeFileSync(emptyApp, EMPTY_APP);
      return measure(ways(emptyApp), path.join(folder, 'cdk.out'), progress);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function measure(
  { ours, init, floor }: ReturnType<typeof ways>,
  output: string,
  progress: (message: string) => void,
): readonly BenchRow[] {
  const times = new Map<Way, number[]>([ours, init, floor].map((way) => [way, []]));
  let resources = 0;
  // In turn, so that a busy moment of the machine hits all of them alike; the first round only warms the caches.
  for (let round = 0; round <= RUNS; round++) {
    for (const [way, measured] of times) {
      const milliseconds = synthesize(way, output);
      if (round > 0) measured.push(milliseconds);
      if (way === ours) resources = loadAssembly(output).resources.length;
      progress(`${round === 0 ? 'warm-up' : `round ${round}`}: ${way.name} ${(milliseconds / 1000).toFixed(2)} s`);
    }
  }
  const perResource = (way: Way): number => median(times.get(way) ?? []) / resources;
  const row = {
    name: `synthesis of ${resources} resources`,
    figure: perResource(ours),
    unit: 'ms per resource',
    runs: RUNS,
  };
  return [
    { ...row, reference: { name: init.name, figure: perResource(init) }, goal: { atMost: 1 } },
    { ...row, reference: { name: floor.name, figure: perResource(floor) } },
  ];
}
