import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ENVIRONMENTS } from '../../lib/config';

// The built command as a user starts it; `npm test` builds first.
const CLI = path.resolve('dist/bin/headroom.js');
const directory = mkdtempSync(path.join(tmpdir(), 'headroom-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

function headroom(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
  return { stdout, stderr, status };
}

test('explains itself and exits with 0', () => {
  const { stdout, status } = headroom('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('synthesize and validate every environment');
});

test('exits with 2 for an unknown environment and lists those there are', () => {
  const { stderr, status } = headroom('summary', '--environment', 'prod');
  expect(status).toBe(2);
  expect(stderr).toContain(
    `--environment must be one of ${ENVIRONMENTS.map(({ name }) => name).join(', ')}, got prod; environments are files under lib/config/`,
  );
});

test.each([[['sumary']], [['summary', '--colour']]])('exits with 2 for %j', (args) => {
  const { stderr, status } = headroom(...args);
  expect(status).toBe(2);
  expect(stderr).toContain('--help');
});
