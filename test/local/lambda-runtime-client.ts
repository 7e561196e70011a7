import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { type Program, requireProgram } from './programs';

/** AWS's own client of the Runtime API; what Lambda starts, with the function inside. */
const PACKAGE = path.resolve('node_modules/aws-lambda-ric');

/** Outlives an installation of the packages; another version of the client or of Node has another place. */
const CACHE = path.resolve('.cache/lambda-runtime-client');

/** What its native part is built with: a C++ library of AWS, a small curl, and the binding of both to Node. */
const BUILD_PROGRAMS: readonly Program[] = [
  { purpose: 'a C++ compiler', commands: ['g++'], debianPackage: 'g++' },
  { purpose: 'make', commands: ['make'], debianPackage: 'make' },
  { purpose: 'cmake', commands: ['cmake3', 'cmake'], debianPackage: 'cmake' },
  { purpose: 'Python', commands: ['python3'], debianPackage: 'python3' },
  { purpose: 'xz', commands: ['xz'], debianPackage: 'xz-utils' },
];

/** In a copy, renamed when it is whole: who comes later finds all of it or nothing. */
const BUILD = `
set -e
test -f "$2/rapid-client.node" && exit 0
rm -rf "$2" "$2.part"
cp -R "$1" "$2.part"
cd "$2.part"
sh scripts/preinstall.sh
sh scripts/postinstall.sh
rm -rf deps src node_modules
mv "$2.part" "$2"
`;

/**
 * Entry point of AWS's runtime interface client, whose native part is built by its own scripts the first time (a
 * minute); others wait for the one who builds.
 *
 * @throws with the end of the build's output, or what the machine is missing
 */
export function lambdaRuntimeClient(): string {
  const built = path.join(CACHE, `${version()}-node-${process.versions.modules}-${process.arch}`);
  const entry = path.join(built, 'index.mjs');
  if (existsSync(path.join(built, 'rapid-client.node'))) return entry;
  for (const program of BUILD_PROGRAMS) requireProgram(program);
  mkdirSync(CACHE, { recursive: true });
  const { status, stdout, stderr } = spawnSync(
    'flock',
    [path.join(CACHE, 'lock'), 'sh', '-c', BUILD, 'build', PACKAGE, built],
    // Node's own headers: without them node-gyp would download some.
    { encoding: 'utf8', env: { ...process.env, npm_config_nodedir: nodeFolder() }, maxBuffer: 64 * 1024 * 1024 },
  );
  if (status === 0) return entry;
  const tail = `${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n');
  throw new Error(`the native part of aws-lambda-ric was not built:\n${tail}`);
}

function version(): string {
  const { version: released } = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8'));
  return String(released);
}

/** Where this Node was installed, with its headers in `include/node`. */
function nodeFolder(): string {
  const folder = path.resolve(realpathSync(process.execPath), '../..');
  if (existsSync(path.join(folder, 'include/node/node_api.h'))) return folder;
  throw new Error(
    `the tests need the headers of Node to build aws-lambda-ric, and there is no ${folder}/include/node/node_api.h: ` +
      "use Node's own archive or installer, or install libnode-dev beside Debian's",
  );
}
