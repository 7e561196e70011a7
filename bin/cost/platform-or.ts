import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Assembly } from '../../analysis/template';
import { assemblyAt } from '../shared/assembly-at';
import { environmentsNamed, synthesize } from '../shared/synthesis';

/** The assembly that `--assembly` names, else the platform's `environments`, synthesized now. None named are all of them. */
export function platformOr(
  assembly: string | undefined,
  environments: readonly string[],
  region: string | undefined,
): Assembly {
  if (assembly !== undefined) return assemblyAt(assembly, '--assembly', region === undefined ? {} : { region });
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-cost-'));
  try {
    process.stderr.write('synthesizing …\n');
    return synthesize(environmentsNamed([...new Set(environments)]), directory).assembly;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
