import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Assembly, loadAssembly } from '../../analysis/template';
import { createPlatformApp, type PlatformAppProps } from '../../bin/platform-app';

/** A synthesized app in a folder of its own, which goes when the test file ends. */
export interface SynthesizedPlatform {
  readonly directory: string;
  readonly assembly: Assembly;
}

/** Synthesizes the whole app, or some `environments`, without CDK's own validation; see compliance.test.ts for that. */
export function synthesizePlatform(props: Pick<PlatformAppProps, 'environments'> = {}): SynthesizedPlatform {
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-synth-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  createPlatformApp({ ...props, outdir: directory }).synth();
  return { directory, assembly: loadAssembly(directory) };
}
