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

/**
 * A loaded function. Its promises are settled before it returns: nothing that it can wait for takes time.
 *
 * @throws what the function throws
 */
export type EdgeFunction = (event: FunctionEvent) => FunctionRun;

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
  const platform: Platform = {
    read: (key) => {
      keysRead.push(key);
      return keyValueStore.get(key);
    },
    selectOrigin: (originId) => {
      selectedOrigin = originId;
    },
    crypto: { createHash: crypto.createHash, createHmac: crypto.createHmac },
  };
  const run = compile(code, platform);
  return (event) => {
    keysRead.length = 0;
    selectedOrigin = undefined;
    const result: unknown = JSON.parse(run(JSON.stringify(event)));
    return { result, keysRead: [...keysRead], ...(selectedOrigin === undefined ? {} : { selectedOrigin }) };
  };
}

interface Platform {
  read(key: string): string | undefined;
  selectOrigin(originId: string): void;
  readonly crypto: object;
}

/** The modules, made inside the context, so that their promises are settled there. */
const MODULES = `({
  cloudfront: {
    kvs: () => ({
      get: async (key, options) => {
        const value = platform.read(key);
        if (value === undefined) throw new Error('KeyNotFound: ' + key);
        return options !== undefined && options.format === 'json' ? JSON.parse(value) : value;
      },
    }),
    selectRequestOriginById: (originId) => platform.selectOrigin(originId),
  },
  crypto: platform.crypto,
})`;

const KNOWN_MODULES = ['cloudfront', 'crypto'];

interface Call {
  event: string;
  result: string | undefined;
  error: unknown;
}

function compile(code: string, platform: Platform): (event: string) => string {
  // Promises of this context are settled when the script that made them ends.
  const context = vm.createContext(Object.create(null) as object, { microtaskMode: 'afterEvaluate' });
  vm.runInContext(`${ABSENT_METHODS}${ABSENT.map((name) => `delete globalThis.${name};`).join('')}`, context);
  const script = code.replace(IMPORT, (_statement, name: string, module: string) => {
    if (KNOWN_MODULES.includes(module)) return `const ${name} = modules['${module}'];`;
    throw new UnsupportedFunctionError(`CloudFront Functions have no module '${module}'`);
  });
  const call: Call = { event: '', result: undefined, error: undefined };
  const load: unknown = vm.runInContext(
    `(function (call, platform) { 'use strict'; const modules = ${MODULES}; ${script}
      if (typeof handler !== 'function') throw new Error('no handler');
      globalThis.__run = () => {
        (async () => { call.result = JSON.stringify(await handler(JSON.parse(call.event))); })()
          .catch((error) => { call.error = error; });
      }; })`,
    context,
  );
  if (typeof load !== 'function') throw new UnsupportedFunctionError('the code is not a script');
  try {
    load(call, platform);
  } catch (error) {
    throw new UnsupportedFunctionError('a CloudFront Function must define a function `handler`', { cause: error });
  }
  const run = new vm.Script('__run()');
  return (event) => {
    call.event = event;
    call.result = undefined;
    call.error = undefined;
    run.runInContext(context);
    if (call.error !== undefined) throw call.error;
    if (call.result === undefined)
      throw new UnsupportedFunctionError('the function waits for something that never comes');
    return call.result;
  };
}
