import { setTimeout as sleep } from 'node:timers/promises';
import { type HistoryEvent, StateMachine, type StateMachineDefinition } from '../../test/local/state-machine';
import { Client } from './client';
import type { Drill, DrillContext, DrillFindings } from './drill';
import { Edge } from './edge';
import { failoverMachine } from './failover-machine';
import { type Judgement, judge } from './judge';
import { handlersOf, regionServices, type Services } from './region-services';
import { Regions } from './regions';

/** How the home region goes: not at all, its hosts, or the lines to it. */
export type Loss = 'none' | 'hosts' | 'lines';

/** For tests that break the program on purpose. */
export interface Broken {
  readonly definition?: (definition: StateMachineDefinition) => StateMachineDefinition;
  readonly services?: (services: Services, regions: Regions) => Services;
}

/** `region-switch`: a planned move, nothing may be lost. */
export const regionSwitch: Drill = {
  name: 'region-switch',
  description: 'a planned move to the other region: no acknowledged write is lost',
  local: (context) => moveRegion('none', context),
};

/** `region-lost`: the hosts or the lines of the home region are gone. */
export const regionLost: Drill = {
  name: 'region-lost',
  description: 'the home region is gone: writes go on in the other one, only what was not shipped is lost',
  local: (context) => moveRegion(context.random() < 0.5 ? 'hosts' : 'lines', context),
};

/** Plays the deployed program on two real databases, with clients writing all the time. */
export async function moveRegion(loss: Loss, context: DrillContext, broken: Broken = {}): Promise<DrillFindings> {
  const { tell } = context;
  const definition = failoverMachine();
  const regions = await Regions.start();
  const edge = new Edge();
  const client = new Client(edge, regions);
  try {
    await client.writes('home', 50);
    tell('clients write to the home region');
    const since = await strike(regions, loss, context, client);
    const services = regionServices(regions, edge);
    const machine = new StateMachine(broken.definition?.(definition) ?? definition, {
      handlers: handlersOf(broken.services?.(services, regions) ?? services),
      onEvent: (event) => narrate(event, tell),
    });
    const mode = loss === 'none' ? 'graceful' : 'ungraceful';
    const startedAt = Date.now();
    const execution = machine.start({ mode, approvedBy: 'drill', since: new Date(since ?? startedAt).toISOString() });
    const result = await execution.result;
    tell(`the program ended: ${result.error ?? result.status}${result.cause === undefined ? '' : `, ${result.cause}`}`);
    if (result.status !== 'SUCCEEDED') return failed(`the program ended with ${result.error}: ${result.cause}`);
    const frozenAt = execution.history.find(({ state }) => state === 'freeze')?.at;
    const goesOn = await client.writes('away', 20).then(() => [], sentence);
    if (goesOn.length === 0) tell('clients write to the other region');
    if (loss === 'hosts') await regions.home.start();
    await regions.heal();
    await client.stop();
    const judgement = await judge(regions, client, {
      loss: loss === 'none' ? 'none' : 'unshipped',
      since: since ?? frozenAt ?? startedAt,
    });
    return findings(judgement, result.output, goesOn);
  } finally {
    await client.stop();
    await regions.stop();
  }
}

/** The disaster, after some writes that did not get through. @returns when it was, in milliseconds since the epoch */
async function strike(
  regions: Regions,
  loss: Loss,
  { tell, random }: DrillContext,
  client: Client,
): Promise<number | undefined> {
  await sleep(500 * random());
  if (loss === 'none') return undefined;
  await regions.line.inject({ blackHole: true });
  await client.writes('home', 1 + Math.floor(50 * random()));
  await (loss === 'hosts' ? regions.loseHome() : regions.partition());
  tell(loss === 'hosts' ? 'the hosts of the home region are gone' : 'the home region is cut off, and goes on');
  return regions.lostAt;
}

/** Steps have names without a colon; what they do has one. */
function narrate({ type, state, error, cause }: HistoryEvent, tell: (what: string) => void): void {
  if (type === 'entered' && !state.includes(':')) tell(state);
  if (error !== undefined) tell(`${state}: ${error}, ${cause ?? ''}`);
}

function findings(judgement: Judgement, output: unknown, goesOn: readonly string[]): DrillFindings {
  const { problems, outageSeconds, lossSeconds, ...measured } = judgement;
  const reported = output as { readonly recoverySeconds: number; readonly dataLossSeconds: number };
  return {
    recoverySeconds: outageSeconds,
    dataLossSeconds: lossSeconds,
    measured: {
      ...measured,
      'recovery seconds by the program': reported.recoverySeconds,
      'data loss seconds by the program': reported.dataLossSeconds,
    },
    problems: [...goesOn, ...problems],
  };
}

function failed(problem: string): DrillFindings {
  return { recoverySeconds: Number.POSITIVE_INFINITY, dataLossSeconds: 0, measured: {}, problems: [problem] };
}

const sentence = (error: unknown): string[] => [error instanceof Error ? error.message : String(error)];
