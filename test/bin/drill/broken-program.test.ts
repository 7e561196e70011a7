import type { DrillContext } from '../../../bin/drill/drill';
import { type Broken, moveRegion } from '../../../bin/drill/move-region';
import type { StateMachineDefinition } from '../../local/state-machine';

// Real servers and the waits of the program: ten seconds each on an idle machine.
jest.setTimeout(180_000);

const context: DrillContext = { tell: () => {}, random: () => 0.3 };

/** The program without what makes it safe. */
const broken: Readonly<Record<string, readonly [loss: 'none' | 'lines', how: Broken, problem: RegExp]>> = {
  'promotes without waiting for what is missing': [
    'none',
    {
      services: (services, regions) => ({
        ...services,
        'rds:switchoverGlobalCluster': async () => {
          await regions.line.inject({ blackHole: true });
          await regions.detachAndPromote();
        },
      }),
      definition: without('freeze'),
    },
    /acknowledged writes are lost|are not among those/u,
  ],
  'does not freeze writes': [
    'lines',
    { definition: without('freeze') },
    /writes were acknowledged by the old writer when there was a new one/u,
  ],
  'does not fence the old writer': [
    'lines',
    {
      services: (services, regions) => ({
        ...services,
        'rds:failoverGlobalCluster': () => regions.away.promote(),
      }),
    },
    /the old writer still takes writes/u,
  ],
  'promotes a region that is a writer already': [
    'none',
    {
      services: (services, regions) => ({
        ...services,
        'rds:switchoverGlobalCluster': async () => {
          await regions.away.promote();
          await regions.away.promote();
        },
      }),
    },
    /the old writer still takes writes/u,
  ],
};

test.each(Object.entries(broken))('a program that %s fails its drill', async (_name, [loss, how, problem]) => {
  const { problems } = await moveRegion(loss, context, how);
  expect(problems.join('; ')).toMatch(problem);
});

/** The definition with a step left out, and the preconditions that ask for it. */
function without(step: string) {
  return (definition: StateMachineDefinition): StateMachineDefinition => {
    const text = JSON.stringify(definition);
    const found = /"freeze":\{"Type":"Pass"[^}]*\}[^}]*\}/u.exec(text)?.[0];
    if (found === undefined) throw new Error(`the definition has no step ${step}`);
    const left = text.replace(found, `"${step}":{"Type":"Pass","Next":"switch-over"}`);
    return JSON.parse(left.replaceAll('.readOnly = true) ? true : false', '.readOnly = true) ? true : true'));
  };
}
