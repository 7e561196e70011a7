// CloudFront Functions have a runtime of their own: ES 5.1 and a little of what came after. Whatever esbuild can neither
// lower to it nor find in the list below (classes, destructuring, for-of, spread, default arguments …) fails the build.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const SUPPORTED = ['arrow', 'async-await', 'const-and-let', 'exponent-operator', 'rest-argument', 'template-literal'];
const IMPORT = /import (\w+) from\s?"([\w:]+)";/g;
const EXPORT = /export\s*\{\s*handler\s*\};?\s*$/;

/** Bundles `<name>.ts` of this folder to `<folder>/<name>.js`, a script with a function `handler`. */
export async function buildEdgeFunctions(folder, names) {
  const { outputFiles } = await build({
    entryPoints: names.map((name) => path.resolve(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es5',
    supported: Object.fromEntries(SUPPORTED.map((feature) => [feature, true])),
    external: ['cloudfront', 'node:crypto'],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  mkdirSync(folder, { recursive: true });
  for (const { path: file, text } of outputFiles) writeFileSync(file, asScript(text));
}

/**
 * The runtime calls a global `handler`, wants default imports before everything else, knows its modules without a
 * prefix, and has no exports.
 */
function asScript(text) {
  if (!EXPORT.test(text)) throw new Error('an edge function must export its handler, and nothing else');
  const imports = [];
  const rest = text.replace(EXPORT, '').replace(IMPORT, (_statement, name, module) => {
    imports.push(`import ${name} from '${module.replace('node:', '')}';`);
    return '';
  });
  return [...imports, rest.trimEnd(), ''].join('\n');
}
