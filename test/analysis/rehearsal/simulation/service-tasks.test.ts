import { Random } from '../../../../analysis/rehearsal/queueing/random';
import { DEFAULT_PARAMETERS } from '../../../../analysis/rehearsal/simulation/parameters';
import { ServiceTasks } from '../../../../analysis/rehearsal/simulation/service-tasks';
import {
  DEFAULT_DEPLOYMENT,
  DEFAULT_SERVICE,
  type SimulationInput,
} from '../../../../analysis/rehearsal/simulation/simulation-input';
import type { ControlEvent } from '../../../../analysis/rehearsal/simulation/target-controller';
import { input } from './inputs';

/** Every start takes its median, every health check comes in the middle of its interval of 10 s. */
class Middle extends Random {
  public override uniform(): number {
    return 0.5;
  }
  public override lognormal(): number {
    return 1;
  }
}

function tasks(initial: number, given: Partial<SimulationInput> = {}) {
  const events: ControlEvent[] = [];
  const made = new ServiceTasks(input(given), new Middle(1), initial, (event) => events.push(event));
  let now = 0;
  const until = (second: number, each: () => void = () => {}) => {
    while (now < second) {
      made.second(++now);
      each();
    }
  };
  return { made, events, until };
}

test('a task starts, is pulled, boots, and serves after its first health check', () => {
  const { made, until } = tasks(2);
  made.desired = 3;
  // Launched in second 1: 12 s and 250 MiB at 16 MiB/s are 27.6 s; then 3 s to boot and half of 10 s to the check.
  until(28);
  expect([made.running, made.healthy]).toEqual([2, 2]);
  until(29);
  expect([made.running, made.healthy]).toEqual([3, 2]);
  until(36);
  expect(made.healthy).toBe(2);
  until(37);
  expect([made.healthy, made.fleet.openTargets]).toEqual([3, 3]);
});

test('Fargate starts a hundred at once and twenty more every second', () => {
  const { made, until } = tasks(2, { service: { ...DEFAULT_SERVICE, imageMiB: 0 } });
  made.desired = 202;
  const running: number[] = [];
  until(20, () => running.push(made.running));
  // Twelve seconds after the first second: 2 and 100, then 20 each.
  expect(running.slice(11, 18)).toEqual([2, 102, 122, 142, 162, 182, 202]);
});

test('a task that is removed drains, and is paid for until it has', () => {
  const { made, until } = tasks(3);
  made.desired = 2;
  until(31);
  expect([made.running, made.healthy, made.fleet.openTargets]).toEqual([2, 2, 2]);
  // Three tasks for the 30 s of deregistration, two from then on.
  expect(made.taskSeconds).toBe(30 * 3 + 2);
  until(41);
  expect(made.taskSeconds).toBe(30 * 3 + 11 * 2);
});

test('tasks that are still starting are the first to go, even where the oldest of a zone would', () => {
  const { made, until } = tasks(2, { parameters: { ...DEFAULT_PARAMETERS, scaleInVictim: 'oldest' } });
  made.desired = 4;
  until(10);
  made.desired = 3;
  until(11);
  expect([made.running, made.healthy]).toEqual([2, 2]);
  until(60);
  expect([made.running, made.healthy]).toEqual([3, 3]);
});

test('the fullest zone loses a task first', () => {
  // Two in the first of three zones, one in each other; then one in each.
  const { made, until } = tasks(4, { deployment: { ...DEFAULT_DEPLOYMENT, zones: 3 } });
  made.desired = 3;
  until(1);
  made.loseZone(1, 0);
  until(2);
  expect(made.running).toBe(2);
});

test.each([
  ['newest', [2000, 0]],
  ['oldest', [0, 1000]],
] as const)('of a zone the %s task goes', (scaleInVictim, left) => {
  const { made, until } = tasks(3, {
    deployment: { ...DEFAULT_DEPLOYMENT, zones: 1 },
    parameters: { ...DEFAULT_PARAMETERS, scaleInVictim },
  });
  // In turns from the second task on: 3, 1 and 2 s of work for the tasks in the order of their age.
  for (const workMs of [1000, 2000, 3000]) made.fleet.offer(0, workMs, 0);
  made.desired = 2;
  until(1);
  const backlogs: number[] = [];
  made.takeBusy(1, (_, backlogMs) => backlogs.push(backlogMs));
  // After one second of work.
  expect(backlogs).toEqual(left);
});

test('tasks are spread over the zones, and the fullest one loses first', () => {
  const { made, until } = tasks(7, { deployment: { ...DEFAULT_DEPLOYMENT, zones: 3 } });
  // Three in the first zone, two in each other. One of the first goes, and each zone has two.
  made.desired = 6;
  until(40);
  made.loseZone(40, 0);
  until(100);
  made.restoreZone(100);
  // Two of six died in that zone; their successors started elsewhere.
  expect(made.running).toBe(6);
  const { made: two, until: play } = tasks(6, { deployment: { ...DEFAULT_DEPLOYMENT, zones: 3 } });
  two.loseZone(0, 1);
  play(1);
  expect(two.running).toBe(4);
});

test('nothing starts in a zone that is lost', () => {
  const { made, until } = tasks(4, { deployment: { ...DEFAULT_DEPLOYMENT, zones: 2 } });
  made.loseZone(0, 0);
  until(60);
  expect(made.healthy).toBe(4);
  // All four are in the other zone now: losing it takes everything.
  made.restoreZone(60);
  made.loseZone(60, 1);
  until(61);
  expect(made.running).toBe(0);
});

describe('health checks', () => {
  /** Twenty seconds of work in the queue of the only task. */
  function overload(made: ServiceTasks): void {
    for (let index = 0; index < 20; index++) made.fleet.offer(0, 1000, 0);
  }
  const patient = { ...DEFAULT_SERVICE, shedAfterMs: Number.POSITIVE_INFINITY };
  const replacements = (given: Partial<SimulationInput>, initialAge = 0) => {
    const { made, events, until } = tasks(1, { service: patient, ...given });
    until(initialAge);
    overload(made);
    until(initialAge + 40);
    return events.filter(({ kind }) => kind === 'replacement').map(({ atSeconds }) => atSeconds);
  };

  test('that wait longer than their time-out in the queue fail, and the second failure replaces the task', () => {
    // Checks in seconds 5 and 15: 15 s and 5 s of the queue are left, and the time-out is 5 s.
    const { targetGroup } = input();
    expect(replacements({ targetGroup: { ...targetGroup, healthCheckTimeoutSeconds: 4 } })).toEqual([15]);
    // A wait of exactly the time-out passes.
    expect(replacements({ targetGroup: { ...targetGroup, healthCheckTimeoutSeconds: 5 } })).toEqual([]);
    expect(
      replacements({ targetGroup: { ...targetGroup, healthCheckTimeoutSeconds: 4, unhealthyThreshold: 3 } }),
    ).toEqual([]);
  });

  test('do not count while they are answered apart from the queue', () => {
    const { targetGroup } = input();
    const parameters = { ...DEFAULT_PARAMETERS, healthChecksWaitInQueue: false };
    expect(replacements({ parameters, targetGroup: { ...targetGroup, healthCheckTimeoutSeconds: 4 } })).toEqual([]);
  });

  test('in the grace period after a start replace nothing', () => {
    const { targetGroup } = input();
    const strict = { ...targetGroup, healthCheckTimeoutSeconds: 2, unhealthyThreshold: 1 };
    const played = (graceSeconds: number) => {
      const deployment = { ...DEFAULT_DEPLOYMENT, healthCheckGraceSeconds: graceSeconds };
      const { made, events, until } = tasks(0, { service: patient, targetGroup: strict, deployment });
      made.desired = 1;
      // Launched in second 1, serving from 37 on, checked every ten seconds from 42 on.
      until(40);
      for (let index = 0; index < 20; index++) made.fleet.offer(40_000, 1000, 0);
      until(60);
      return events.filter(({ kind }) => kind === 'replacement').map(({ atSeconds }) => atSeconds);
    };
    expect(played(0)).toEqual([42]);
    expect(played(50)).toEqual([52]);
  });
});

describe('a deployment', () => {
  const deployed = (minimumHealthyPercent: number, maximumPercent: number) => {
    const deployment = { ...DEFAULT_DEPLOYMENT, minimumHealthyPercent, maximumPercent };
    const { made, events, until } = tasks(4, { deployment });
    made.deploy(0);
    let most = 0;
    let fewest = 4;
    until(200, () => {
      most = Math.max(most, made.running);
      fewest = Math.min(fewest, made.healthy);
    });
    const ends = events.filter(({ text }) => text === 'deployment ends').map(({ atSeconds }) => atSeconds);
    return { most, fewest, ends, running: made.running };
  };

  test('of 100 to 200 % starts all new tasks first, and never has fewer than it should', () => {
    // All four serve 37 s after the beginning, and the old ones go.
    expect(deployed(100, 200)).toEqual({ most: 8, fewest: 4, ends: [37], running: 4 });
  });

  test('of 100 to 125 % goes one by one', () => {
    const { most, fewest, ends } = deployed(100, 125);
    expect([most, fewest]).toEqual([5, 4]);
    // Four times the 36 s of a start, and a second to notice.
    expect(ends[0]).toBeGreaterThanOrEqual(4 * 36);
  });

  test('of 50 to 100 % goes down to half', () => {
    const { most, fewest, ends } = deployed(50, 100);
    expect([most, fewest]).toEqual([4, 2]);
    // It ends when the second pair serves, not when the last old task has gone.
    expect(ends[0]).toBeGreaterThanOrEqual(2 * 36);
  });
});
