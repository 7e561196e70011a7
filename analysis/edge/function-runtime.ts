import crypto from 'node:crypto';
import vm from 'node:vm';

/** An event of CloudFront Functions; plain JSON. */
export type FunctionEvent = Readonly<Record<string, unknown>>;

/** What one run of a function did. */
export interface FunctionRun {
  /** The request that goes on, or the answer that was made at the edge. */
  readonly result: unknown;

  /** The origin that the function sent the request to, if it chose one. */
  readonly selectedOrigin?: string;

  /** Keys that were read from the key-value store, in order. */
  readonly keysRead: readonly string[];
}

/** A loaded function: call it as often as needed, one call after the other. */
export type EdgeFunction = (event: FunctionEvent) => Promise<FunctionRun>;

/** The function asked for a module that the runtime does not have, or has no handler. */
export class UnsupportedFunctionError extends Error {
  public override readonly name = 'UnsupportedFunctionError';
}

/**
 * Globals of Node.js that the runtime of CloudFront Functions does not have.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
const ABSENT = [
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'Proxy', 'Reflect', 'Intl', 'BigInt'],
  ...['BigInt64Array', 'BigUint64Array', 'Atomics', 'SharedArrayBuffer', 'WebAssembly', 'eval', 'Function', 'Iterator'],
];

/** Methods that are newer than the runtime. */
const ABSENT_METHODS = `
  delete Object.fromEntries; delete Object.groupBy; delete Object.hasOwn;
  for (const name of ['flat', 'flatMap', 'at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with'])
    delete Array.prototype[name];
  for (const name of ['matchAll', 'at', 'isWellFormed', 'toWellFormed', 'normalize', 'localeCompare'])
    delete String.prototype[name];
`;

const IMPORT = /^\s*import\s+(\w+)\s+from\s+['"]([\w:]+)['"];?/gm;

/**
 * Loads the code of a CloudFront Function into a context of its own that has no more than the real runtime has, with
 * `keyValueStore` in the place of the associated store.
 *
 * A stand-in: language level, modules, events and store reads are the documented ones; the compute limit is not.
 *
 * @throws UnsupportedFunctionError when the code imports an unknown module or defines no `handler`
 */
export function loadEdgeFunction(code: string, keyValueStore: ReadonlyMap<string, string> = new Map()): EdgeFunction {
  const keysRead: string[] = [];
  let selectedOrigin: string | undefined;
  const cloudfront = {
    kvs: () => ({ get: (key: string, options?: { format?: string }) => read(keyValueStore, keysRead, key, options) }),
    selectRequestOriginById: (originId: string) => {
      selectedOrigin = originId;
    },
  };
  const modules = new Map<string, unknown>([
    ['cloudfront', cloudfront],
    ['crypto', { createHash: crypto.createHash, createHmac: crypto.createHmac }],
    ['querystring', {}],
  ]);
  const run = compile(code, modules);
  return async (event) => {
    keysRead.length = 0;
    selectedOrigin = undefined;
    const result: unknown = JSON.parse(await run(JSON.stringify(event)));
    return { result, keysRead: [...keysRead], ...(selectedOrigin === undefined ? {} : { selectedOrigin }) };
  };
}

async function read(
  store: ReadonlyMap<string, string>,
  keysRead: string[],
  key: string,
  options: { format?: string } = {},
): Promise<unknown> {
  keysRead.push(key);
  const value = store.get(key);
  if (value === undefined) throw new Error(`KeyNotFound: ${key}`);
  return options.format === 'json' ? JSON.parse(value) : value;
}

function compile(code: string, modules: ReadonlyMap<string, unknown>): (event: string) => Promise<string> {
  const context = vm.createContext(Object.create(null) as object);
  vm.runInContext(`${ABSENT_METHODS}${ABSENT.map((name) => `delete globalThis.${name};`).join('')}`, context);
  const script = code.replace(IMPORT, (_statement, name: string, module: string) => {
    if (!modules.has(module)) throw new UnsupportedFunctionError(`CloudFront Functions have no module '${module}'`);
    return `const ${name} = __modules.get('${module}');`;
  });
  const factory: unknown = vm.runInContext(
    `(function (__modules) { 'use strict'; ${script}
      if (typeof handler !== 'function') throw new Error('no handler');
      return async (event) => JSON.stringify(await handler(JSON.parse(event))); })`,
    context,
  );
  if (typeof factory !== 'function') throw new UnsupportedFunctionError('the code is not a script');
  try {
    return factory(modules) as (event: string) => Promise<string>;
  } catch (error) {
    throw new UnsupportedFunctionError('a CloudFront Function must define a function `handler`', { cause: error });
  }
}
