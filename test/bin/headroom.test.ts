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

const summary = (...flags: string[]) =>
  headroom('summary', '--environment', 'development', '--output', path.join(directory, 'cdk.out'), ...flags);

test('explains itself and exits with 0', () => {
  const { stdout, status } = headroom('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('synthesize and validate every environment');
});

test('shows how an environment stands up to the loads of its objectives', () => {
  const { stdout, stderr, status } = summary('--json');
  expect(status).toBe(0);
  expect(stderr).toContain('rehearsing development …\n  spike-5x\n  ten-times\n  users-1000\n');
  const [{ environment, rehearsal }] = JSON.parse(stdout);
  expect(environment).toBe('Development');
  // Ten users who ask every five seconds make two requests a second, and one task of development takes 25.
  expect(rehearsal).toMatchObject(
    ['spike-5x', 'ten-times', 'users-1000'].map((scenario) => ({ scenario, holds: true, seeds: 20 })),
  );
  expect(rehearsal[2].peakRps).toBe(2);
}, 120_000);

test('leaves the rehearsal out when asked to', () => {
  const { stdout, stderr, status } = summary('--no-rehearsal');
  expect(status).toBe(0);
  expect(stderr).not.toContain('rehearsing');
  expect(stdout).not.toContain('spike-5x');
}, 60_000);

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
