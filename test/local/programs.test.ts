import { type Program, type Run, requireProgram } from './programs';

const PROGRAM: Program = { purpose: 'a cache server', commands: ['first', 'second'], debianPackage: 'cache' };

/** A machine: which commands succeed there, and what an installation leaves behind. */
function machine(
  succeeding: readonly string[],
  installs: boolean,
): { run: Run; find: () => string | undefined; ran: string[] } {
  const ran: string[] = [];
  const run: Run = (command, args) => {
    ran.push([command, ...args].join(' '));
    return { ok: succeeding.includes(command), output: 'E: no network' };
  };
  const installed = () =>
    ran.some((line) => line.startsWith('flock') && line.includes('install -y --no-install-recommends cache'));
  return { run, ran, find: () => (installs && installed() ? '/usr/bin/second' : undefined) };
}

describe('a program that the machine lacks', () => {
  const uid = jest.spyOn(process, 'getuid' as never) as unknown as jest.SpyInstance<number>;
  afterAll(() => uid.mockRestore());

  test('is installed by root', () => {
    uid.mockReturnValue(0);
    const { run, find, ran } = machine(['apt-get', 'flock'], true);
    expect(requireProgram(PROGRAM, run, find)).toBe('/usr/bin/second');
    expect(ran.some((line) => line.includes('sudo'))).toBe(false);
  });

  test('is installed with sudo where sudo asks for no password', () => {
    uid.mockReturnValue(1000);
    const { run, find, ran } = machine(['apt-get', 'sudo', 'flock'], true);
    expect(requireProgram(PROGRAM, run, find)).toBe('/usr/bin/second');
    expect(ran.at(-1)).toContain('sudo -n env DEBIAN_FRONTEND=noninteractive apt-get');
  });

  test('stops the tests with the line to run where this user may not install', () => {
    uid.mockReturnValue(1000);
    const { run, find } = machine(['apt-get'], true);
    expect(() => requireProgram(PROGRAM, run, find)).toThrow(
      'the tests need a cache server (first or second) and this user may not install one; run: sudo apt-get install -y cache',
    );
  });

  test('stops the tests with the installation’s own words when that fails', () => {
    uid.mockReturnValue(0);
    const { run, find } = machine(['apt-get'], false);
    expect(() => requireProgram(PROGRAM, run, find)).toThrow(
      'the tests need a cache server (first or second); installing it failed, run: sudo apt-get install -y cache\nE: no network',
    );
  });
});
