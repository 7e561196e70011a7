import { CacheServer } from '../../local/cache-server';
import { openRig } from '../../local/rig';

/** A cache server alone, for tests that need no database. */
export interface TestServer {
  readonly server: CacheServer;
  readonly url: string;
  stop(): Promise<void>;
}

export async function startServer(args: readonly string[] = []): Promise<TestServer> {
  const rig = openRig();
  try {
    const server = await CacheServer.launch(rig, args);
    return { server, url: server.url, stop: () => rig.reaper.close() };
  } catch (error) {
    await rig.reaper.close();
    throw error;
  }
}
