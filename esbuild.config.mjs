// One call bundles everything that runs: the CDK app, the command line, every Lambda and the service.
// The design's reason for not using NodejsFunction: it spawns esbuild once per function (docs/decisions/0003).
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { buildEdgeFunctions } from './lambda/edge/build.mjs';

const out = 'dist';

/** `lambda/<name>/handler.ts` for every function; CloudFront Functions have a runtime of their own. */
const functions = (existsSync('lambda') ? readdirSync('lambda') : []).filter((name) =>
  existsSync(path.join('lambda', name, 'handler.ts')),
);
const present = (entries) => Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));

const shared = {
  outdir: out,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  legalComments: 'none',
  logLevel: 'warning',
};

// Runs alone: everything is inside, `module` entry points first because they shake better.
const standalone = {
  ...shared,
  target: 'node20',
  minify: true,
  mainFields: ['module', 'main'],
  external: ['pg-native'],
};

rmSync(out, { recursive: true, force: true });
const [, , , { metafile }] = await Promise.all([
  buildEdgeFunctions(path.join(out, 'edge'), ['viewer-request', 'viewer-response']),
  // Runs where node_modules is: the packages stay outside the bundle.
  build({
    ...shared,
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    entryPoints: present({
      'bin/app': 'bin/app.ts',
      'bin/headroom': 'bin/headroom.ts',
      'bench/main': 'test/bench/main.ts',
      'analysis/rehearsal-worker': 'analysis/rehearsal/play/worker.ts',
    }),
  }),
  build({
    ...standalone,
    entryPoints: present({
      'service/server': 'service/src/server.ts',
      'service/health-check': 'service/src/health-check.ts',
      'service/migrate': 'service/src/migrate.ts',
      'service/job-worker': 'service/src/job-worker.ts',
      'service/webhook-worker': 'service/src/webhook-worker.ts',
      'openapi/main': 'service/src/openapi.ts',
    }),
  }),
  build({
    ...standalone,
    metafile: true,
    alias: { '@aws-sdk/credential-provider-node': './lambda/shared/environment-credentials.ts' },
    entryPoints: Object.fromEntries(functions.map((name) => [`lambda/${name}/index`, `lambda/${name}/handler.ts`])),
  }),
]);

// `dist/service` is the whole context of the container image: what the image holds, and nothing that changes without it.
if (existsSync('service')) cpSync('service/Dockerfile', `${out}/service/Dockerfile`);

// What each bundle is made of: `npm run bench -- functions` and a test read it.
writeFileSync(`${out}/bundles.json`, JSON.stringify(metafile));

// What the service answers, in its own words: API Gateway validates requests by it, and `lib` imports no service.
writeFileSync(`${out}/openapi/document.json`, execFileSync(process.execPath, [`${out}/openapi/main.js`]));
