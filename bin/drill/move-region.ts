import { setTimeout as sleep } from 'node:timers/promises';
import type { FailoverMode } from '../../lib/constructs/recovery/failover-step';
import { type HistoryEvent, StateMachine, type StateMachineDefinition } from '../../test/local/state-machine';
import { Client } from './client';
import type { Drill, DrillContext, DrillFindings } from './drill';
import { Edge } from './edge';
import { failoverMachine } from './failover-machine';
import { type Judgement, judge } from './judge';
import { handlersOf, regionServices, type Services } from './region-services';
import { Regions } from './regions';

/** How the home region goes: not at all, its hosts, the lines to it, or its hosts during a planned move. */
export type Loss = 'none' | 'hosts' | 'lines' | 'hosts-midway';

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

/** `switch-interrupted`: the home region is lost at any moment of a planned move; then it is moved away from for good. */
export const switchInterrupted: Drill = {
  name: 'switch-interrupted',
  description: 'the home region is lost during a planned move: whatever that ended with, no write is lost unexplained',
  local: (context) => moveRegion('hosts-midway', context),
};

/** Plays the deployed program on two real databases, with clients writing all the time. */
export async function moveRegion(loss: Loss, context: DrillContext, broken: Broken = {}): Promise<DrillFindings> {
  const definition = failoverMachine();
  const regions = await Regions.start();
  const edge = new Edge();
  const client = new Client(edge, regions);
  const services = regionServices(regions, edge);
  const machine = new StateMachine(broken.definition?.(definition) ?? definition, {
    handlers: handlersOf(broken.services?.(services, regions) ?? services),
    onEvent: (event) => narrate(event, context.tell),
  });
  try {
    return await rehearse(loss, context, { regions, client, machine });
  } finally {
    await client.stop();
    await regions.stop();
  }
}

interface Stage {
  readonly regions: Regions;
  readonly client: Client;
  readonly machine: StateMachine;
}

async function rehearse(
  loss: Loss,
  context: DrillContext,
  { regions, client, machine }: Stage,
): Promise<DrillFindings> {
  const { tell } = context;
  await client.writes('home', 50);
  tell('clients write to the home region');
  const since = await strike(regions, loss, context, client);
  const startedAt = Date.now();
  const interruption = loss === 'hosts-midway' ? interrupt(regions, context) : undefined;
  const planned = loss === 'none' || loss === 'hosts-midway';
  let played = await play(machine, planned ? 'graceful' : 'ungraceful', since, tell);
  await interruption;
  if (loss === 'hosts-midway' && played.status !== 'SUCCEEDED') {
    played = await play(machine, 'ungraceful', regions.lostAt, tell);
  }
  const { status, error, cause, output, history } = played;
  if (status !== 'SUCCEEDED') return failed(`the program ended with ${error}: ${cause}`);
  const goesOn = await client.writes('away', 20).then(() => [], sentence);
  if (goesOn.length === 0) tell('clients write to the other region');
  if (regions.home.pid === undefined) await regions.home.start();
  await regions.heal();
  await client.stop();
  const frozenAt = history.find(({ state }) => state === 'freeze')?.at;
  const judgement = await judge(regions, client, {
    loss: loss === 'none' ? 'none' : 'unshipped',
    since: regions.lostAt ?? frozenAt ?? startedAt,
  });
  return findings(judgement, output, goesOn);
}

/** One execution, to its end. */
async function play(machine: StateMachine, mode: FailoverMode, since: number | undefined, tell: DrillContext['tell']) {
  const start = new Date(since ?? Date.now()).toISOString();
  const execution = machine.start({ mode, approvedBy: 'drill', since: start });
  const result = await execution.result;
  tell(`the program ended: ${result.error ?? result.status}${result.cause === undefined ? '' : `, ${result.cause}`}`);
  return { ...result, history: execution.history };
}

/** The home region is lost at any moment of the first seconds, in which a planned move does all that matters. */
async function interrupt(regions: Regions, { tell, random }: DrillContext): Promise<void> {
  await sleep(7_000 * random());
  await regions.loseHome();
  tell('the hosts of the home region are gone');
}

/** The disaster, after some writes that did not get through. @returns when it was, in milliseconds since the epoch */
async function strike(
  regions: Regions,
  loss: Loss,
  { tell, random }: DrillContext,
  client: Client,
): Promise<number | undefined> {
  await sleep(500 * random());
  if (loss === 'none' || loss === 'hosts-midway') return undefined;
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
