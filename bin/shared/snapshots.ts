import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { normalizeTemplate } from '../../analysis/diff/normalize-template';
import type { Assembly } from '../../analysis/template';

/** Where the templates of the last reviewed state are kept: `<environment>/<Stack>.json`. */
export const SNAPSHOT_DIRECTORY = 'test/snapshots';

/** The normalised templates of `assembly`, by their path under the snapshot directory. */
export function snapshotsOf(assembly: Assembly): ReadonlyMap<string, string> {
  return new Map(
    assembly.stacks.map((stack) => {
      const [environment = 'app', ...names] = stack.displayName.split('/');
      const file = path.join(environment.toLowerCase(), `${names.join('-')}.json`);
      const template = normalizeTemplate(JSON.parse(readFileSync(stack.file, 'utf8')));
      return [file, `${JSON.stringify(template, null, 2)}\n`];
    }),
  );
}

/** The snapshots that are kept, by their path under `directory`. */
export function readSnapshots(directory = SNAPSHOT_DIRECTORY): ReadonlyMap<string, string> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return new Map(files.map((file) => [file, readFileSync(path.join(directory, file), 'utf8')]));
}

/** Replaces what is kept under `directory` by `snapshots`. */
export function writeSnapshots(snapshots: ReadonlyMap<string, string>, directory = SNAPSHOT_DIRECTORY): void {
  rmSync(directory, { recursive: true, force: true });
  for (const [file, content] of snapshots) {
    mkdirSync(path.join(directory, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(directory, file), content);
  }
}
