import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Assembly, loadAssembly } from '../../../analysis/template';

/** The model of one hand-written template with these resources. */
export function assemblyOf(resources: Readonly<Record<string, object>>): Assembly {
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-template-'));
  const file = path.join(directory, 'hand.template.json');
  writeFileSync(file, JSON.stringify({ Resources: resources }));
  try {
    return loadAssembly(file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
