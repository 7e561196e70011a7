import { createHash } from 'node:crypto';
import type { DataTier } from '../../local';
import { Edge } from '../../local/edge';
import { ask } from '../../service/rig/client';
import { environmentOf, startServiceData } from '../../service/rig/local-service';
import { type ServiceProcess, startService } from '../../service/rig/service-process';
import { type EventPath, type EventPathOptions, startEventPath } from './event-path';
import type { Place } from './staleness-oracle';

export interface CoherenceRigOptions extends EventPathOptions {
  readonly items: number;
  /** Longest that an answer is on its way to an edge, in milliseconds. */
  readonly transitMillis: number;
}

/** A place that can be read, and the version of an item that it shows. */
export interface ReadablePlace extends Place {
  read(item: number): Promise<number>;
}

export interface EdgePlace extends ReadablePlace {
  /** Makes room for something else, so that it asks for the item anew. */
  evict(item: number): void;
}

/** Who writes: a process that others hear, or one that cannot reach the cache, whose changes only their events tell of. */
export type Writer = 'process' | 'cut off';

/** Everything between a write and the last copy of the old value, as it is deployed; fakes for AWS alone. */
export interface CoherenceRig extends EventPath {
  readonly tier: DataTier;
  /** Three processes of the service. */
  readonly instances: readonly ReadablePlace[];
  /** Two edges in front of them. */
  readonly edges: readonly EdgePlace[];
  /** Changes the item that is at `version` and resolves when the commit is acknowledged. */
  write(writer: Writer, item: number, version: number): Promise<void>;
}

const EDITOR_KEY = 'the key of an editor';
const CUT_OFF = { CACHE_URL: 'redis://127.0.0.1:1', CACHE_CONNECT_MILLISECONDS: '1' };

export const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;
/** Viewers are counted by address: as many as it takes for none to be limited. */
const viewer = () => ({ 'x-forwarded-for': `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 256)).join('.')}` });

export async function startCoherenceRig(options: CoherenceRigOptions): Promise<CoherenceRig> {
  const tier = await startServiceData({ replicas: 1, items: options.items, events: 1 });
  const hash = createHash('sha256').update(EDITOR_KEY).digest();
  await tier.primary.query("INSERT INTO api_clients VALUES ($1, 'editor', 'premium', true)", [hash]);
  await tier.caughtUp();
  const environment = environmentOf(tier);
  const processes = await Promise.all([0, 1, 2].map(() => startService(environment)));
  const cutOff = await startService({ ...environment, ...CUT_OFF });
  const events = await startEventPath(options, tier);
  const edges = [0, 1].map(
    () =>
      new Edge({
        origin: () => oneOf(processes).url,
        transitMillis: () => Math.random() * options.transitMillis,
      }),
  );
  events.cloudFront.onPurge = (items) => {
    for (const edge of edges) edge.forget(items);
  };
  return {
    tier,
    ...events,
    instances: processes.map(instance),
    edges: edges.map(edgeOf),
    write: (writer, item, version) => edit(writer === 'process' ? oneOf(processes) : cutOff, item, version),
    stop: async () => {
      await events.stop();
      await Promise.all([...processes, cutOff].map((service) => service.stop('SIGKILL')));
      await tier.stop();
    },
  };
}

const pathOf = (item: number): string => `/api/items/${item}`;

function versionIn({ status, body }: { readonly status: number; readonly body: string }): number {
  if (status !== 200) throw new Error(`an item is answered with ${status}: ${body}`);
  return JSON.parse(body).version;
}

function instance({ url }: ServiceProcess, index: number): ReadablePlace {
  return {
    name: `process ${index + 1}`,
    tier: 'instance',
    read: async (item) => {
      const response = await fetch(url + pathOf(item), { headers: viewer() });
      return versionIn({ status: response.status, body: await response.text() });
    },
  };
}

function edgeOf(edge: Edge, index: number): EdgePlace {
  return {
    name: `edge ${index + 1}`,
    tier: 'edge',
    read: async (item) => versionIn(await edge.get(pathOf(item), viewer())),
    evict: (item) => edge.evict(pathOf(item)),
  };
}

async function edit({ url }: ServiceProcess, item: number, version: number): Promise<void> {
  const headers = { 'x-api-key': EDITOR_KEY };
  const body = { version, priceCents: version };
  const answer = await ask(url + pathOf(item), { method: 'PATCH', headers, body });
  if (answer.status !== 200) throw new Error(`PATCH ${pathOf(item)} answered ${answer.status}: ${answer.text}`);
}
