import { createDatabase, type Database, type ReadToken } from '../../../runtime/database';
import { type DataTier, startDataTier } from '../../local';

/** Few enough that a user comes again before the replicas have seen what it wrote. */
const USERS = 32;
const OPERATIONS = 10_000;
const LANES = 16;

/** A user as the service knows one: what it last wrote, and the token that its session carries between requests. */
interface User {
  readonly id: number;
  version: number;
  token: ReadToken | undefined;
}

interface Outcome {
  readonly stale: number;
  readonly fromReplicas: number;
  readonly reads: number;
}

jest.setTimeout(180_000);

describe('read your own writes through two instances, with replicas that lag 20 ms and 60 ms', () => {
  let tier: DataTier;
  let instances: readonly Database[] = [];

  beforeAll(async () => {
    tier = await startDataTier({ cache: false });
    await tier.primary.query('CREATE TABLE preferences (user_id int PRIMARY KEY, version int NOT NULL)');
    await tier.primary.query(`INSERT INTO preferences SELECT n, 0 FROM generate_series(0, ${USERS - 1}) AS n`);
    await tier.primary.query('GRANT ALL ON preferences TO app');
    await tier.caughtUp();
    await tier.replicas[0]?.applyDelay(20);
    await tier.replicas[1]?.applyDelay(60);
    const { primary, replicas, credentials } = tier;
    const open = () => createDatabase({ credentials, primary, replicas, pollIntervalMillis: 25, maxLagMillis: 5_000 });
    instances = [open(), open()];
    await Promise.all(instances.map((instance) => instance.ready()));
  });

  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.close()));
    await tier.stop();
  });

  /** Users write and read at once, each operation on the other instance; one user does one thing at a time. */
  async function play(carriesToken: boolean): Promise<Outcome> {
    const users = Array.from({ length: USERS }, (_, id): User => ({ id, version: 0, token: undefined }));
    await instances[0]?.write('UPDATE preferences SET version = 0');
    let [next, stale, fromReplicas, reads] = [0, 0, 0, 0];
    const busy = new Set<User>();
    const random = pseudoRandom(carriesToken ? 1 : 2);
    const lane = async () => {
      for (let operation = next++; operation < OPERATIONS; operation = next++) {
        const free = users.filter((candidate) => !busy.has(candidate));
        const user = free[Math.floor(random() * free.length)];
        const instance = instances[operation % 2];
        if (user === undefined || instance === undefined) throw new Error('there are more users than lanes');
        busy.add(user);
        const session = instance.session(carriesToken ? user.token : undefined);
        if (random() < 0.1) {
          await session.write('UPDATE preferences SET version = version + 1 WHERE user_id = $1', [user.id]);
          user.version += 1;
        } else {
          const sql = 'SELECT version FROM preferences WHERE user_id = $1';
          const { rows, server } = await session.read<{ version: number }>(sql, [user.id]);
          reads += 1;
          if (server !== 'primary') fromReplicas += 1;
          if ((rows[0]?.version ?? -1) < user.version) stale += 1;
        }
        user.token = session.token;
        busy.delete(user);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return { stale, fromReplicas, reads };
  }

  test(`no read in ${OPERATIONS} operations sees older data than its user wrote, and replicas answer some`, async () => {
    const { stale, fromReplicas, reads } = await play(true);
    process.stdout.write(`with tokens: ${stale} of ${reads} reads stale, ${fromReplicas} answered by replicas\n`);
    expect(stale).toBe(0);
    expect(reads).toBeGreaterThan(8_000);
    expect(fromReplicas).toBeGreaterThan(0);
  });

  test('without the tokens the same operations do see older data, so that the test above means something', async () => {
    const { stale, reads } = await play(false);
    process.stdout.write(`without tokens: ${stale} of ${reads} reads stale\n`);
    expect(stale).toBeGreaterThan(0);
  });
});

/** The same numbers in every run: Lehmer's generator with Park and Miller's constants. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
