import { readFileSync } from 'node:fs';
import { type EdgeFunction, loadEdgeFunction } from '../../analysis/edge/function-runtime';
import type { RegionName } from './regions';

const SETTINGS = {
  paths: [{ path: '/', query: 'all', routed: true, pinned: false, shared: false, tokenRequired: false }],
  origins: { home: 'app-home', away: 'app-away' },
  home: 'home',
  tokenCookie: '',
  canonicalHosts: [],
  contentSecurityPolicy: '',
};

/** The edge of the drill: the function that is deployed, with a key-value store that the program writes. */
export class Edge {
  private readonly store = new Map<string, string>([['routing', '{}']]);
  private readonly viewerRequest: EdgeFunction;
  private changes = 1;

  /** @param file the built function; `npm run build` writes it */
  public constructor(file = 'dist/edge/viewer-request.js') {
    const code = readFileSync(file, 'utf8').replace('__EDGE_SETTINGS__', () => JSON.stringify(SETTINGS));
    this.viewerRequest = loadEdgeFunction(code, this.store);
  }

  /** Where a request goes; `refused` when the edge answers it itself. */
  public route(method: 'GET' | 'POST'): RegionName | 'refused' {
    const request = { method, uri: '/orders', querystring: {}, headers: {}, cookies: {} };
    const { result, selectedOrigin } = this.viewerRequest({ version: '1.0', viewer: { ip: '192.0.2.1' }, request });
    if (typeof result === 'object' && result !== null && 'statusCode' in result) return 'refused';
    return selectedOrigin === SETTINGS.origins.away ? 'away' : 'home';
  }

  public get version(): string {
    return `v${this.changes}`;
  }

  public get routing(): string {
    return this.store.get('routing') ?? '{}';
  }

  /** @throws Error when `version` is not the current one, as the store does */
  public put(routing: string, version: string): void {
    if (version !== this.version) throw new Error(`the store is at ${this.version}, not at ${version}`);
    this.store.set('routing', routing);
    this.changes += 1;
  }
}
