import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { keysOf, rotated } from '../../../lambda/key-rotation/key-ring';
import { rotateKeyRing } from '../../../lambda/key-rotation/rotate-key-ring';

const now = new Date('2026-11-21T00:00:00Z');
const INITIAL = 'a'.repeat(43);

describe('a ring', () => {
  test('starts from what Secrets Manager generated, with a key in use and one that is next', () => {
    const keys = keysOf(rotated(INITIAL, now));
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(key).toMatch(/^k20261121-[0-9a-f]{6}=/);
      expect(Buffer.from(key.slice(key.indexOf('=') + 1), 'base64')).toHaveLength(32);
    }
  });

  test('always opens with the key that the ring before had next, and still knows the one before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (rotations) => {
        let before = rotated(INITIAL, now);
        for (let rotation = 0; rotation < rotations; rotation += 1) {
          const after = rotated(before, now);
          expect(keysOf(after)[0]).toBe(keysOf(before)[1]);
          expect(keysOf(after)).toContain(keysOf(before)[0]);
          expect(keysOf(after)).toHaveLength(3);
          before = after;
        }
      }),
    );
  });

  test('with a broken key is no ring', () => {
    const ring = rotated(INITIAL, now);
    expect(keysOf(ring.slice(0, -1))).toEqual([]);
    expect(keysOf('')).toEqual([]);
  });
});

/** Secrets Manager at wire level, with its versions and labels. */
class FakeSecretsManager {
  public readonly versions = new Map<string, { value: string; stages: Set<string> }>([
    ['v1', { value: INITIAL, stages: new Set(['AWSCURRENT']) }],
  ]);
  public readonly calls: string[] = [];
  public readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      this.calls.push(action);
      const [status, answer] = this.answer(action, JSON.parse(body));
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
    });
  });

  public current(): string | undefined {
    return [...this.versions].find(([, { stages }]) => stages.has('AWSCURRENT'))?.[0];
  }

  private answer(action: string, input: Record<string, string>): [number, object] {
    const { VersionId, VersionStage = '', ClientRequestToken = '', SecretString = '', MoveToVersionId = '' } = input;
    if (action === 'GetSecretValue') {
      const found = [...this.versions].find(
        ([id, { stages }]) => stages.has(VersionStage) && (VersionId === undefined || VersionId === id),
      );
      if (found === undefined) return [400, { __type: 'ResourceNotFoundException', message: 'no such version' }];
      return [200, { SecretString: found[1].value }];
    }
    if (action === 'PutSecretValue') {
      this.versions.set(ClientRequestToken, { value: SecretString, stages: new Set(['AWSPENDING']) });
    }
    if (action === 'UpdateSecretVersionStage') {
      for (const { stages } of this.versions.values()) stages.delete('AWSCURRENT');
      this.versions.get(MoveToVersionId)?.stages.add('AWSCURRENT');
    }
    const stages = [...this.versions].map(([id, version]) => [id, [...version.stages]]);
    return [200, { VersionIdsToStages: Object.fromEntries(stages) }];
  }
}

describe('the four steps', () => {
  const SecretId = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ring';
  let fake: FakeSecretsManager;
  let client: SecretsManagerClient;

  beforeEach(async () => {
    fake = new FakeSecretsManager();
    fake.server.listen(0, '127.0.0.1');
    await new Promise((listening) => fake.server.once('listening', listening));
    client = new SecretsManagerClient({
      endpoint: `http://127.0.0.1:${(fake.server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });

  afterEach(() => {
    client.destroy();
    fake.server.close();
  });

  const step = (Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret') =>
    rotateKeyRing({ SecretId, ClientRequestToken: 'v2', Step }, client, now);

  test('put a ring in the place of what was there', async () => {
    await step('createSecret');
    await step('setSecret');
    await step('testSecret');
    expect(fake.current()).toBe('v1');
    await step('finishSecret');
    expect(fake.current()).toBe('v2');
    expect(keysOf(fake.versions.get('v2')?.value ?? '')).toHaveLength(2);
  });

  test('may each be asked for twice: the second time changes nothing', async () => {
    await step('createSecret');
    const made = fake.versions.get('v2')?.value;
    await step('createSecret');
    expect(fake.versions.get('v2')?.value).toBe(made);
    await step('finishSecret');
    await step('finishSecret');
    expect(fake.calls.filter((call) => call === 'UpdateSecretVersionStage')).toHaveLength(1);
  });

  test('fails before the new version comes into use when it is not a ring, and quotes nothing of it', async () => {
    fake.versions.set('v2', { value: 'swordfish', stages: new Set(['AWSPENDING']) });
    await expect(step('testSecret')).rejects.toThrow(`version v2 of ${SecretId} is not a ring of keys`);
  });

  test('fails when Secrets Manager does, so that it asks again', async () => {
    fake.server.close();
    fake.server.closeAllConnections();
    await expect(step('createSecret')).rejects.toThrow('ECONNREFUSED');
  });
});
