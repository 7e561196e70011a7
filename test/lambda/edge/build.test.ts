import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadEdgeFunction, UnsupportedFunctionError } from '../../../analysis/edge/function-runtime';
import { builtFunction } from './edge-functions';

const NAMES = ['viewer-request', 'viewer-response'] as const;

describe('the built artefacts', () => {
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
  test.each(NAMES)('%s is at most 10 KB with its settings', (name) => {
    expect(Buffer.byteLength(builtFunction(name))).toBeLessThanOrEqual(10_240);
    expect(statSync(path.join('dist', 'edge', `${name}.js`)).size).toBeLessThan(9_000);
  });

  test.each(NAMES)('%s imports before everything else, by default import, and exports nothing', (name) => {
    const lines = builtFunction(name).split('\n');
    const imports = lines.filter((line) => line.startsWith('import '));
    expect(lines.slice(0, imports.length)).toEqual(imports);
    for (const line of imports) expect(line).toMatch(/^import \w+ from '(cloudfront|crypto)';$/);
    expect(lines.slice(imports.length).join('\n')).not.toMatch(/\b(import|export)\b/);
  });

  // "async arguments and closures are not supported": functions-javascript-runtime-20.html
  test.each(NAMES)('%s awaits nothing among the arguments of a call', (name) => {
    const before = [...builtFunction(name).matchAll(/(\S)\s*\bawait\b/g)].map((match) => match[1]);
    expect(before.length).toBeGreaterThan(0);
    expect(new Set(before)).toEqual(new Set(['=', ...(before.includes('n') ? ['n'] : [])]));
  });
});

describe('the build', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-build-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const build = (source: string) => {
    writeFileSync(path.join(folder, 'planted.ts'), source);
    const script = `import('./lambda/edge/build.mjs').then(({ buildEdgeFunctions }) =>
      buildEdgeFunctions(${JSON.stringify(folder)}, [${JSON.stringify(path.join(folder, 'planted'))}]))`;
    return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  };

  test.each([
    [
      'destructuring',
      'export function handler(event: { request: object }) { const { request } = event; return request; }',
    ],
    ['default arguments', 'export function handler(event: object, more = 1) { return more > 1 ? {} : event; }'],
    ['class', 'class Known { value = 1; }\nexport function handler() { return new Known(); }'],
    ['for-of loops', 'export function handler(event: string[]) { for (const each of event) return each; return 1; }'],
  ])('fails when a function uses %s', (feature, source) => {
    const { status, stderr } = build(source);
    expect(status).not.toBe(0);
    expect(stderr.toLowerCase()).toContain(feature.replace('class', 'class syntax'));
  });

  test('fails when a function exports more than its handler', () => {
    const { status, stderr } = build('export const other = 1;\nexport function handler() { return other; }');
    expect(status).not.toBe(0);
    expect(stderr).toContain('must export its handler, and nothing else');
  });

  test('lowers what it can: optional chaining and spread', () => {
    const { status, stderr } = build(
      'export function handler(event: { request?: { uri: string } }) { return event.request?.uri; }',
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(readFileSync(path.join(folder, 'planted.js'), 'utf8')).not.toContain('?.');
  });

  test('is reproducible, and what lies in dist is what the sources build', () => {
    const again = path.join(folder, 'again');
    const script = `import('./lambda/edge/build.mjs').then(({ buildEdgeFunctions }) =>
      buildEdgeFunctions(${JSON.stringify(again)}, ${JSON.stringify(NAMES)}))`;
    execFileSync(process.execPath, ['-e', script]);
    for (const name of NAMES) {
      const [fresh, built] = [again, path.join('dist', 'edge')].map((from) =>
        readFileSync(path.join(from, `${name}.js`)),
      );
      expect({ name, same: fresh?.equals(built ?? Buffer.alloc(0)) }).toEqual({ name, same: true });
    }
  });
});

describe('the stand-in for the runtime', () => {
  test.each([
    'new Map()',
    'Object.fromEntries([])',
    '[1].flat()',
    'fetch("x")',
    'setTimeout(() => 1)',
    'process.exit(1)',
  ])('does not have %s, as the real one does not', async (expression) => {
    const run = loadEdgeFunction(`function handler() { return ${expression}; }`);
    expect(() => run({})).toThrow(/is not defined|is not a function/);
  });

  test('fails when a function imports a module that the runtime does not have', () => {
    expect(() => loadEdgeFunction(`import fs from 'fs';\nfunction handler() {}`)).toThrow(
      new UnsupportedFunctionError("CloudFront Functions have no module 'fs'"),
    );
  });

  test('fails when a function waits for something that never comes', () => {
    const run = loadEdgeFunction('async function handler() { await new Promise(() => undefined); }');
    expect(() => run({})).toThrow('waits for something that never comes');
  });

  test('fails when a function has no handler', () => {
    expect(() => loadEdgeFunction('function other() {}')).toThrow('must define a function `handler`');
  });
});
