import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Assembly, type LoadOptions, loadAssembly } from '../../../analysis/template';

const made: string[] = [];

/** A new temporary directory, removed when the test file ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-template-'));
  made.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** Writes `content` (text as it is, data as JSON) to a file called `name` and returns its path. */
export function writeTemplate(content: unknown, name = 'Web.template.json'): string {
  const file = path.join(temporaryDirectory(), name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** Loads one template, in us-east-1 unless told otherwise. */
export function loadTemplate(content: unknown, options: LoadOptions = { region: 'us-east-1' }): Assembly {
  return loadAssembly(writeTemplate(content), options);
}
