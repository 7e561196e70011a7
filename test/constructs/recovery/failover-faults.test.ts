import { type HistoryEvent, untaken } from '../../local/state-machine';
import { AWAY, definition, HOME, type ServiceName, World } from './failover-world';

// Hundreds of executions.
jest.setTimeout(180_000);

/** What goes wrong with calls, from one of them on. */
const FAULTS: Readonly<Record<string, { readonly times: number; readonly fault: () => number | 'answer lost' }>> = {
  'fails once': { times: 1, fault: refuse },
  'fails for a while': { times: 4, fault: refuse },
  'fails for good': { times: Number.POSITIVE_INFINITY, fault: refuse },
  'does not answer': { times: Number.POSITIVE_INFINITY, fault: () => 3_600 },
  'loses its answer': { times: 3, fault: () => 'answer lost' },
};

function refuse(): never {
  throw new Error('refused');
}

const histories: (readonly HistoryEvent[])[] = [];

/** Whether the edge lets writes through to a region that does not take them. */
function splits({ routing, writer }: World): boolean {
  const region = routing['region'] ?? HOME.region;
  const writes = writer === HOME.databaseClusterArn ? HOME.region : AWAY.region;
  return routing['readOnly'] !== true && region !== writes;
}

interface Trouble {
  readonly service: ServiceName;
  /** The call of that service that it begins with; the first is 1. */
  readonly first: number;
  readonly times?: number;
  readonly fault: (world: World) => number | 'answer lost' | undefined;
}

async function playWith(mode: string, troubles: readonly Trouble[], world = new World()) {
  const calls = new Map<ServiceName, number>();
  let split = false;
  const result = await world.play({ mode, approvedBy: 'operator' }, (name) => {
    split ||= splits(world);
    const call = (calls.get(name) ?? 0) + 1;
    calls.set(name, call);
    return troubles
      .find(({ service, first, times = 1 }) => service === name && call >= first && call < first + times)
      ?.fault(world);
  });
  histories.push(result.history);
  return { world, result, split: split || splits(world) };
}

/** How often each service is called when nothing fails. */
async function callsOf(mode: string): Promise<ReadonlyMap<ServiceName, number>> {
  const world = new World();
  const { history } = await world.play({ mode, approvedBy: 'operator' });
  histories.push(history);
  const counts = new Map<ServiceName, number>();
  for (const { name } of world.calls) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

describe.each(['graceful', 'ungraceful'])('%s', (mode) => {
  test.each(Object.keys(FAULTS))('whichever call %s, the program says what is the case', async (name) => {
    const fault = FAULTS[name];
    if (fault === undefined) throw new Error(name);
    for (const [service, count] of await callsOf(mode)) {
      for (let first = 1; first <= count; first++) {
        const { world, result, split } = await playWith(mode, [{ service, first, ...fault }]);
        const what = `${service} ${name} from call ${first}: ${result.error ?? result.status}`;
        expect([what, split]).toEqual([what, false]);
        expect([what, isAsSaid(world, result.error)]).toEqual([what, true]);
      }
    }
  });
});

/** Whether the world is as the outcome says. */
function isAsSaid({ routing, writer, least, instances }: World, error: string | undefined): boolean {
  const moved = writer === AWAY.databaseClusterArn;
  switch (error) {
    case undefined:
      return moved && routing['region'] === AWAY.region && routing['readOnly'] === false && least === 4;
    case 'Undone':
      return (
        !moved && routing['readOnly'] !== true && routing['region'] !== AWAY.region && least + instances.size === 0
      );
    case 'Stopped':
      return routing['readOnly'] === true || (moved && routing['region'] === AWAY.region);
    default:
      return error === 'HalfUndone';
  }
}

/** What only an undo calls. */
const UNDOING: readonly ServiceName[] = ['applicationautoscaling:describeScalableTargets', 'rds:deleteDBInstance'];

const GOOD = Number.POSITIVE_INFINITY;

test('whichever call fails while a move is undone, the program says that it is half undone, and nothing is split', async () => {
  const counts = await callsOf('graceful');
  // Whatever was done is undone after the verification; a thaw that cannot be seen undoes even the thaw.
  const reasons: readonly Trouble[] = [
    { service: 'lambda:invoke', first: 1, times: GOOD, fault: refuse },
    { service: 'ecs:describeServices', first: 1, times: GOOD, fault: refuse },
    { service: 'cloudfrontkeyvaluestore:getKey', first: 6, times: 94, fault: refuse },
  ];
  for (const reason of reasons) {
    for (const service of [...counts.keys(), ...UNDOING]) {
      const first = (counts.get(service) ?? 0) + 1;
      for (const times of [3, GOOD]) {
        const { world, result, split } = await playWith('graceful', [reason, { service, first, times, fault: refuse }]);
        const what = `${reason.service}, then ${service} ${times} times: ${result.error ?? result.status}`;
        expect([what, split]).toEqual([what, false]);
        expect([what, isAsSaid(world, result.error)]).toEqual([what, true]);
      }
    }
  }
});

/** Somebody else changes what a step is about to build on. */
test.each([
  ['graceful', 'switch-over', 'cloudfrontkeyvaluestore:getKey', { routing: {} }],
  ['ungraceful', 'promote', 'cloudfrontkeyvaluestore:getKey', { routing: {} }],
  ['graceful', 'thaw', 'rds:describeGlobalClusters', { writer: HOME.databaseClusterArn }],
  ['ungraceful', 'thaw', 'rds:describeGlobalClusters', { writer: HOME.databaseClusterArn }],
] as const)('a %s move does not begin to %s when its precondition is gone', async (mode, step, service, change) => {
  const meddle = (world: World) => void Object.assign(world, change);
  const { result } = await playWith(mode, [{ service, first: 3, fault: meddle }]);
  expect(result.cause).toContain(`${step}: not so: `);
});

/** Ways of rows that these steps do not have. */
const NEVER_TAKEN = [
  // In an ungraceful move nothing is undone that comes after this step.
  'undo switch-over default',
];

test('every way out of every state was taken', async () => {
  for (const approval of ['yes', 'no', undefined] as const) {
    const world = Object.assign(new World(), { approval });
    histories.push((await world.play({ mode: 'graceful' })).history);
  }
  histories.push((await new World().play({})).history);
  const registered: Trouble = { service: 'rds:registerDBProxyTargets', first: 1, fault: refuse };
  await playWith('graceful', [registered], Object.assign(new World(), { poolFollows: false }));
  expect(untaken(definition, histories)).toEqual(NEVER_TAKEN);
});
