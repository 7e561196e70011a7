import { readFileSync } from 'node:fs';

/** What the image tells Node: a service that is started without it is not the one that is deployed. */
export const containerNodeOptions = readNodeOptions(readFileSync('service/Dockerfile', 'utf8'));

function readNodeOptions(dockerfile: string): string {
  const options = /^ENV .*NODE_OPTIONS="([^"]+)"/m.exec(dockerfile)?.[1];
  if (options === undefined) throw new Error('service/Dockerfile sets no NODE_OPTIONS="…" in an ENV line');
  return options;
}
