import { problemsOf } from '../../local/state-machine';
import { AWAY, definition, HOME, type ServiceName, World } from './failover-world';

const approved = (mode: string) => ({ mode, approvedBy: 'operator' });
/** Every call of `names` fails. */
const broken =
  (...names: readonly ServiceName[]) =>
  (name: ServiceName) => {
    if (names.includes(name)) throw new Error('out of order');
    return undefined;
  };

const MOVED = {
  routing: { redirects: true, readOnly: false, region: AWAY.region },
  writer: AWAY.databaseClusterArn,
  least: 4,
};
/** Nothing is different from before, except that flags which were absent say no. */
const UNMOVED = { writer: HOME.databaseClusterArn, least: 0 };

test('the definition is one', () => {
  expect(problemsOf(definition)).toEqual([]);
});

describe('a graceful move', () => {
  test('does the steps in their order and publishes that nothing was lost', async () => {
    const world = new World();
    const { status, output } = await world.play(approved('graceful'));
    expect(status).toBe('SUCCEEDED');
    expect(world.changes).toEqual([
      'registerScalableTarget 4',
      'createDBInstance away-failover',
      'putKey {"redirects":true,"readOnly":true}',
      `switchoverGlobalCluster ${AWAY.databaseClusterArn}`,
      'putKey {"redirects":true,"readOnly":true,"region":"us-west-2"}',
      'putKey {"redirects":true,"readOnly":false,"region":"us-west-2"}',
      'putMetricData',
    ]);
    expect(world).toMatchObject(MOVED);
    // Two drains of 60 s, and ten seconds each until freeze, switch-over, switch and thaw are seen.
    expect(output).toEqual({ mode: 'graceful', recoverySeconds: 160, dataLossSeconds: 0 });
    const dimensions = [{ Name: 'scenario', Value: 'region-switch' }];
    expect(world.calls.at(-1)?.given).toEqual({
      Namespace: 'Headroom/Production',
      MetricData: [
        { MetricName: 'drill_recovery_seconds', Unit: 'Seconds', Value: 160, Dimensions: dimensions },
        { MetricName: 'drill_data_loss_seconds', Unit: 'Seconds', Value: 0, Dimensions: dimensions },
      ],
    });
  });

  test('waits until the other region is near enough, and gives up before anything has changed', async () => {
    const world = Object.assign(new World(), { lagMillis: 61_000 });
    const { error, cause, seconds } = await world.play(approved('graceful'));
    expect(error).toBe('Undone');
    expect(cause).toContain('measure: not done within 900 s');
    expect(seconds).toBe(900);
    expect(world.changes).toEqual([]);
    let asked = 0;
    const late = Object.assign(new World(), { lagMillis: 61_000 });
    const { status } = await late.play(approved('graceful'), (name) => {
      if (name === 'cloudwatch:getMetricStatistics' && ++asked === 3) late.lagMillis = 2_000;
    });
    expect(status).toBe('SUCCEEDED');
  });

  test('asks for approval, and changes nothing without', async () => {
    const yes = Object.assign(new World(), { approval: 'yes' });
    expect((await yes.play({ mode: 'graceful' })).status).toBe('SUCCEEDED');
    expect(yes.calls[0]?.given).toEqual({
      TopicArn: expect.stringContaining('Approvals'),
      Subject: 'Approve a graceful move to the other region?',
      Message: expect.stringContaining('send-task-success --task-output {} --task-token'),
    });
    for (const approval of ['no', undefined]) {
      const world = Object.assign(new World(), { approval });
      const { error, seconds } = await world.play({ mode: 'graceful' });
      expect([error, seconds, world.changes]).toEqual(['NotApproved', approval === 'no' ? 0 : 86_400, ['publish']]);
    }
  });

  test('refuses another input', async () => {
    expect(await new World().play({ mode: 'fast' })).toMatchObject({ error: 'WrongInput' });
  });

  test('starts again where it was stopped', async () => {
    const world = new World();
    await world.play(approved('graceful'));
    world.calls.length = 0;
    expect((await world.play(approved('graceful'))).status).toBe('SUCCEEDED');
    // It freezes and thaws for the verification, and nothing else.
    expect(world.changes.map((change) => change.split(' ')[0])).toEqual(['putKey', 'putKey', 'putMetricData']);
  });
});

describe('in a graceful move, a step that fails is undone, then those before it, in reverse', () => {
  const freeze = 'putKey {"redirects":true,"readOnly":true}';
  const over = `switchoverGlobalCluster ${AWAY.databaseClusterArn}`;
  const back = ['switchoverGlobalCluster arn:aws:rds:us-east-1:111111111111:cluster:home', 'putKey'];
  const rows: readonly (readonly [step: string, breaks: ServiceName, changes: readonly string[]])[] = [
    ['measure', 'cloudwatch:getMetricStatistics', []],
    ['scale', 'ecs:describeServices', ['registerScalableTarget 4', 'registerScalableTarget 0']],
    ['instance', 'rds:createDBInstance', []],
    ['switch-over', 'rds:switchoverGlobalCluster', []],
    ['pool', 'rds:describeDBProxyTargets', []],
    ['verify', 'lambda:invoke', []],
  ];

  test.each(rows)('%s', async (step, name, changes) => {
    const world = new World();
    const { error, cause } = await world.play(approved('graceful'), broken(name));
    expect(error).toBe('Undone');
    expect(cause).toContain(`${step}: not done within`);
    expect(cause).toContain('out of order');
    if (changes.length > 0) expect(world.changes).toEqual(changes);
    expectUnmoved(world);
  });

  test('the order of the undoing', async () => {
    const world = new World();
    await world.play(approved('graceful'), broken('lambda:invoke'));
    expect(world.changes).toEqual([
      'registerScalableTarget 4',
      'createDBInstance away-failover',
      freeze,
      over,
      'putKey {"redirects":true,"readOnly":true,"region":"us-west-2"}',
      'putKey {"redirects":true,"readOnly":true,"region":"us-east-1"}',
      back[0],
      'putKey {"redirects":true,"readOnly":false,"region":"us-east-1"}',
      'deleteDBInstance away-failover',
      'registerScalableTarget 0',
    ]);
  });

  test('a step whose precondition does not hold is not begun', async () => {
    const world = new World();
    // Somebody thaws while the last edge locations get the flag.
    const { error, cause } = await world.play(approved('graceful'), (name) => {
      if (name === 'cloudfrontkeyvaluestore:getKey' && world.routing['readOnly'] === true && world.version === 2) {
        if (++seen === 2) world.routing = {};
      }
    });
    expect([error, cause]).toEqual([
      'Undone',
      'everything is as it was before: switch-over: not so: writes are frozen',
    ]);
    expect(world.changes).not.toContain(over);
  });
  let seen = 0;
});

function expectUnmoved(world: World): void {
  expect(world).toMatchObject(UNMOVED);
  expect(world.instances.size).toBe(0);
  expect(world.routing['readOnly']).not.toBe(true);
  expect([undefined, HOME.region]).toContain(world.routing['region']);
}

describe('an ungraceful move', () => {
  test('promotes with what is there, makes the secrets stand alone, and says what may be lost', async () => {
    const world = new World();
    const since = '2025-12-31T23:50:00Z';
    const { output, status } = await world.play({ ...approved('ungraceful'), since });
    expect(status).toBe('SUCCEEDED');
    expect(world.changes).toContain(`failoverGlobalCluster ${AWAY.databaseClusterArn}`);
    expect(world.changes.filter((change) => change.startsWith('stop'))).toEqual([
      'stopReplicationToReplica session-keys',
      'stopReplicationToReplica token-keys',
    ]);
    expect(world.changes.some((change) => change.startsWith('switchover'))).toBe(false);
    expect(world).toMatchObject(MOVED);
    expect(output).toMatchObject({ mode: 'ungraceful', dataLossSeconds: 0.9 });
    // From the loss of the region, ten minutes before the program began.
    expect((output as { recoverySeconds: number }).recoverySeconds).toBeGreaterThan(600);
  });

  test('does not make up a loss that nobody knows', async () => {
    const world = Object.assign(new World(), { lagMillis: undefined });
    expect((await world.play(approved('ungraceful'))).output).toMatchObject({ dataLossSeconds: -1 });
    const { MetricData } = world.calls.at(-1)?.given ?? {};
    expect(MetricData).toEqual([expect.objectContaining({ MetricName: 'drill_recovery_seconds' })]);
  });

  test('before the promotion it goes back, like a graceful one', async () => {
    const world = new World();
    const { error } = await world.play(approved('ungraceful'), broken('cloudfrontkeyvaluestore:putKey'));
    expect(error).toBe('HalfUndone');
    expect(world).toMatchObject({ writer: HOME.databaseClusterArn });
  });

  const after: readonly (readonly [string, ServiceName])[] = [
    ['promote', 'rds:failoverGlobalCluster'],
    ['pool', 'rds:describeDBProxyTargets'],
    ['secret-2', 'secretsmanager:describeSecret'],
    ['verify', 'lambda:invoke'],
  ];

  test.each(after)(
    'at %s and later it only goes forward: writes stay frozen until an operator starts it again',
    async (_step, name) => {
      const world = new World();
      const { error, cause } = await world.play(approved('ungraceful'), broken(name));
      expect(error).toBe('Stopped');
      expect(cause).toContain('out of order');
      expect(world.routing['readOnly']).toBe(true);
      expect(world.least).toBe(4);
      expect((await world.play(approved('ungraceful'))).status).toBe('SUCCEEDED');
      expect(world).toMatchObject(MOVED);
    },
  );
});
