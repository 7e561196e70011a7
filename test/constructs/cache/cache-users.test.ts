import { createClient } from '@redis/client';
import { APPLICATION_ACCESS } from '../../../lib/constructs/cache/cache-users';
import { type DataTier, startDataTier } from '../../local';

describe('on a real server, the access string of the service', () => {
  let tier: DataTier;
  let client: ReturnType<typeof createClient>;

  beforeAll(async () => {
    tier = await startDataTier({ replicas: 0 });
    client = createClient({ url: tier.cache.url });
    await client.connect();
    await client.sendCommand(['ACL', 'SETUSER', 'service', ...APPLICATION_ACCESS.split(' ')]);
  });

  afterAll(async () => {
    client?.destroy();
    await tier?.stop();
  });

  const dryRun = (command: string) => client.sendCommand(['ACL', 'DRYRUN', 'service', ...command.split(' ')]);

  test.each([
    'GET any:key',
    'MGET a b',
    'SET k v EX 60',
    'SCAN 0',
    'EXPIRE k 60',
    'HSET h f v',
    'ZADD z 1 m',
    'EVALSHA ffff 0',
    'SCRIPT LOAD script',
    'PUBLISH channel message',
    'SUBSCRIBE channel',
    'CLIENT TRACKING on',
    'PING',
    'INFO',
    'CLUSTER SLOTS',
    'MULTI',
  ])('allows %s', async (command) => {
    expect(await dryRun(command)).toBe('OK');
  });

  test.each([
    'FLUSHALL',
    'FLUSHDB',
    'KEYS *',
    'CONFIG SET maxmemory 1',
    'ACL SETUSER other on',
    'SHUTDOWN',
    'DEBUG SLEEP 10',
    'REPLICAOF NO ONE',
    'MONITOR',
    'SAVE',
    'CLIENT KILL ID 1',
    'CLUSTER RESET',
  ])('refuses %s', async (command) => {
    expect(await dryRun(command)).toContain('has no permissions to run');
  });
});
