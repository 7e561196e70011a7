import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs the command line and resolves with how it ended. */
async function headroom(...args: string[]): Promise<{ code: number; stderr: string }> {
  const child = spawn(process.execPath, ['dist/bin/headroom.js', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, stderr };
}

test.each([
  [
    ['load', 'nope', '--url', 'http://127.0.0.1:1'],
    "no load profile is named 'nope'; there are users, stress, endurance, spike, volume, ten-times",
  ],
  [
    ['load', 'users', '--url', 'https://example.org'],
    "--url must look like http://127.0.0.1:8080, with a port and without TLS, got 'https://example.org'",
  ],
  [
    ['load', 'users', '--url', 'http://127.0.0.1:1'],
    '--url http://127.0.0.1:1 cannot be load-tested (connect ECONNREFUSED 127.0.0.1:1); is it running? try: npm run local',
  ],
  [
    ['load', 'users', '--url', 'http://127.0.0.1:1', '-e', 'nope'],
    '--environment must be one of development, staging, production, got nope',
  ],
  [
    ['load', 'users', '--url', 'http://127.0.0.1:1', '--minutes', '-1'],
    "option '--minutes <number>' argument '-1' is invalid. must be a number greater than 0.",
  ],
  [
    ['load', 'users', '--url', 'http://127.0.0.1:1', '--baseline', 'nowhere.json'],
    '--baseline nowhere.json is no result of an earlier load test (ENOENT',
  ],
  [['load', 'users'], "required option '--url <url>' not specified"],
  [
    ['local', '--services', '0'],
    "option '--services <number>' argument '0' is invalid. must be a whole number from 1.",
  ],
])('fails with exit code 2 when it is called as headroom %p', async (args, message) => {
  const { code, stderr } = await headroom(...args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
