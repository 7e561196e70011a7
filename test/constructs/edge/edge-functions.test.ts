import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EdgeFunctions } from '../../../lib/constructs/edge/edge-functions';
import { aStack } from './edge-fixtures';

const folder = mkdtempSync(path.join(tmpdir(), 'edge-functions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const make = (from: string) =>
  new EdgeFunctions(aStack(), 'Functions', {
    behaviours: [{ kind: 'personal-answers', path: '/*' }],
    origins: { 'us-east-1': 'app' },
    home: 'us-east-1',
    canonicalHosts: [],
    contentSecurityPolicy: "default-src 'self'",
    folder: from,
  });

test('fails when the functions are not built', () => {
  expect(() => make('nowhere')).toThrow("'nowhere/viewer-request.js' does not exist; run `npm run build` first");
});

test('fails when a function has no place for its settings', () => {
  for (const name of ['viewer-request', 'viewer-response']) {
    writeFileSync(path.join(folder, `${name}.js`), 'function handler() {}');
  }
  expect(() => make(folder)).toThrow(`'${folder}/viewer-response.js' has no place for its settings`);
});

test('takes settings with a dollar sign as they are', () => {
  for (const name of ['viewer-request', 'viewer-response']) {
    writeFileSync(path.join(folder, `${name}.js`), 'var settings=__EDGE_SETTINGS__;function handler() {}');
  }
  expect(() => make(folder)).not.toThrow();
});
