import { readFileSync } from 'node:fs';

/** What one function is deployed with. */
export interface Bundle {
  /** Its folder under `lambda/`. */
  readonly name: string;
  readonly bytes: number;
  /** Clients of AWS services inside. */
  readonly clients: readonly string[];
  /** Those of them that no source of the project imports. */
  readonly unused: readonly string[];
}

/** The part of esbuild's metafile that is read: https://esbuild.github.io/api/#metafile */
interface Metafile {
  readonly inputs: Readonly<Record<string, { readonly imports: readonly { readonly path: string }[] }>>;
  readonly outputs: Readonly<
    Record<
      string,
      { readonly bytes: number; readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }
    >
  >;
}

const FUNCTION = /^dist\/lambda\/([^/]+)\/index\.js$/;
const CLIENT = /node_modules\/(@aws-sdk\/client-[a-z0-9-]+)\//;

/** Every function that was built, as the build itself described it. */
export function readBundles(file = 'dist/bundles.json'): readonly Bundle[] {
  const { inputs, outputs }: Metafile = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(outputs).flatMap(([output, { bytes, inputs: parts }]) => {
    const name = FUNCTION.exec(output)?.[1];
    if (name === undefined) return [];
    const sources = Object.keys(parts).filter((part) => (parts[part]?.bytesInOutput ?? 0) > 0);
    const clients = clientsIn(sources);
    const own = sources.filter((source) => !source.includes('node_modules/'));
    const imported = clientsIn(own.flatMap((source) => inputs[source]?.imports.map(({ path }) => path) ?? []));
    return [{ name, bytes, clients, unused: clients.filter((client) => !imported.includes(client)) }];
  });
}

function clientsIn(files: readonly string[]): readonly string[] {
  return [...new Set(files.flatMap((file) => CLIENT.exec(file)?.[1] ?? []))].sort((a, b) => a.localeCompare(b));
}
