import { Fleet, MAX_TASKS } from '../queueing/fleet';
import type { Random } from '../queueing/random';
import type { SimulationInput } from './simulation-input';
import type { ControlEvent } from './target-controller';

type TaskState = 'launching' | 'booting' | 'serving' | 'draining';

interface Task {
  readonly slot: number;
  readonly zone: number;
  readonly revision: number;
  readonly startedAt: number;
  state: TaskState;
  /** When the state ends: running, healthy, or stopped. */
  until: number;
  nextCheck: number;
  failedChecks: number;
  dead: boolean;
}

/** Fargate's launch bucket for one account and region: burst and refill per second. */
const LAUNCH_BURST = 100;
const LAUNCHES_PER_SECOND = 20;

/** The tasks of one ECS service: launches, health checks, replacements, rolling deployments, draining. */
export class ServiceTasks {
  public readonly fleet: Fleet;
  public desired: number;
  public deploying: boolean = false;
  /** Seconds of tasks that are paid for. */
  public taskSeconds = 0;
  private tasks: Task[] = [];
  private readonly freeSlots = Array.from({ length: MAX_TASKS }, (_, index) => MAX_TASKS - 1 - index);
  private revision = 0;
  private launchTokens = LAUNCH_BURST;
  private lostZone = -1;
  private stopped = 0;

  public constructor(
    private readonly input: SimulationInput,
    private readonly random: Random,
    initial: number,
    private readonly record: (event: ControlEvent) => void,
  ) {
    const { workersPerTask, shedAfterMs, refusalMs } = input.service;
    const { algorithm, slowStartSeconds } = input.targetGroup;
    this.fleet = new Fleet({ workersPerTask, shedAfterMs, refusalMs, algorithm, slowStartSeconds }, random);
    this.desired = initial;
    for (let count = 0; count < initial; count++) {
      const task = this.launch(Number.NEGATIVE_INFINITY);
      this.fleet.reset(task.slot, 0);
      this.serve(task, 0);
    }
    this.recount();
  }

  /** Running tasks as ECS counts them: started, healthy or not, and not on their way out. */
  public running = 0;
  public healthy = 0;
  /** Running ones and those that are on their way. */
  private present = 0;

  /** One second of ECS. */
  public second(now: number): void {
    this.launchTokens = Math.min(LAUNCH_BURST, this.launchTokens + LAUNCHES_PER_SECOND);
    for (const task of this.tasks) this.advance(task, now);
    if (this.stopped > 0) this.tasks = this.tasks.filter((task) => !this.isGone(task, now));
    this.stopped = 0;
    this.recount();
    if (this.deploying) this.roll(now);
    else this.adjust(now);
    this.taskSeconds += this.tasks.length;
  }

  public deploy(now: number): void {
    this.revision += 1;
    this.deploying = true;
    this.record({ atSeconds: now, kind: 'deployment', text: 'deployment begins' });
  }

  /** Every task of one zone dies at once, and nothing starts there until it is back. */
  public loseZone(now: number, zone: number): void {
    this.lostZone = zone;
    for (const task of this.tasks) if (task.zone === zone) this.die(task, now);
    this.record({ atSeconds: now, kind: 'fault', text: `zone ${zone + 1} is lost` });
  }

  public restoreZone(now: number): void {
    this.lostZone = -1;
    this.record({ atSeconds: now, kind: 'fault', text: 'the zone is back' });
  }

  /** Calls `each` with the busy milliseconds of every running task since the last call, and its waiting requests. */
  public takeBusy(now: number, each: (busyMs: number, backlogMs: number) => void): void {
    for (const task of this.tasks) {
      if (task.state === 'launching' || task.dead) continue;
      const busyMs = this.fleet.takeBusyMs(task.slot, now * 1000);
      if (task.state !== 'draining') each(busyMs, this.fleet.backlogMs(task.slot, now * 1000));
    }
  }

  private advance(task: Task, now: number): void {
    if (task.state === 'serving') {
      if (now >= task.nextCheck) this.check(task, now);
      return;
    }
    if (now < task.until) return;
    if (task.state === 'launching') this.boot(task, now);
    else if (task.state === 'booting') this.serve(task, now);
    else this.stopped += 1;
  }

  private isGone(task: Task, now: number): boolean {
    const gone = task.state === 'draining' && now >= task.until;
    if (gone) this.freeSlots.push(task.slot);
    return gone;
  }

  private launch(now: number): Task {
    const { service, parameters, deployment } = this.input;
    const slot = this.freeSlots.pop();
    if (slot === undefined) throw new RangeError(`a rehearsal runs at most ${MAX_TASKS} tasks at once`);
    const spread = this.random.lognormal(parameters.launchSpread);
    const task: Task = {
      slot,
      zone: this.emptiestZone(deployment.zones),
      revision: this.revision,
      startedAt: now,
      state: 'launching',
      until: now + (parameters.launch + service.imageMiB / parameters.imagePull) * spread,
      nextCheck: 0,
      failedChecks: 0,
      dead: false,
    };
    this.tasks.push(task);
    return task;
  }

  /** Running; it takes its start-up and then one successful health check until it is sent requests. */
  private boot(task: Task, now: number): void {
    const { service, targetGroup } = this.input;
    task.state = 'booting';
    task.until = now + service.bootSeconds + this.random.uniform() * targetGroup.healthCheckIntervalSeconds;
    this.fleet.reset(task.slot, now * 1000);
  }

  private serve(task: Task, now: number): void {
    task.state = 'serving';
    task.failedChecks = 0;
    task.nextCheck = now + this.random.uniform() * this.input.targetGroup.healthCheckIntervalSeconds;
    this.fleet.open(task.slot, now * 1000);
  }

  private check(task: Task, now: number): void {
    const { healthCheckIntervalSeconds, healthCheckTimeoutSeconds, unhealthyThreshold } = this.input.targetGroup;
    task.nextCheck += healthCheckIntervalSeconds;
    const waits = this.input.parameters.healthChecksWaitInQueue ? this.fleet.waitMs(task.slot, now * 1000) : 0;
    const passed = !task.dead && waits <= healthCheckTimeoutSeconds * 1000;
    task.failedChecks = passed ? 0 : task.failedChecks + 1;
    const inGrace = now < task.startedAt + this.input.deployment.healthCheckGraceSeconds;
    if (task.failedChecks < unhealthyThreshold || inGrace) return;
    if (!task.dead) this.record({ atSeconds: now, kind: 'replacement', text: 'ECS replaces an unhealthy task' });
    this.drain(task, now);
  }

  private die(task: Task, now: number): void {
    if (task.dead) return;
    if (task.state === 'serving') {
      // The load balancer finds out through its health checks.
      task.dead = true;
      this.fleet.kill(task.slot);
      return;
    }
    task.state = 'draining';
    task.until = now;
  }

  private drain(task: Task, now: number): void {
    this.fleet.close(task.slot);
    task.until = task.state === 'serving' ? now + this.input.targetGroup.deregistrationDelaySeconds : now;
    task.state = 'draining';
  }

  /** Launches or stops tasks until as many are there as desired. */
  private adjust(now: number): void {
    if (this.present === this.desired) return;
    for (let missing = this.desired - this.present; missing > 0 && this.mayLaunch(); missing--) this.launch(now);
    for (let surplus = this.present - this.desired; surplus > 0; surplus--) {
      const victim = this.victim();
      if (victim !== undefined) this.drain(victim, now);
    }
    this.recount();
  }

  /** A rolling deployment: new tasks up to the maximum, old ones away while enough are healthy. */
  private roll(now: number): void {
    const { minimumHealthyPercent, maximumPercent } = this.input.deployment;
    const least = Math.ceil((this.desired * minimumHealthyPercent) / 100);
    // Where the percentages leave no room ECS would wait for ever; one task more lets the rehearsal end.
    const most = Math.max(least + 1, Math.floor((this.desired * maximumPercent) / 100));
    const left = this.tasks.filter(isPresent);
    const old = left.filter((task) => task.revision !== this.revision);
    let missing = this.desired - (left.length - old.length);
    for (let room = most - left.length; missing > 0 && room > 0 && this.mayLaunch(); missing--, room--)
      this.launch(now);
    let healthy = this.healthy;
    let kept = old.length;
    for (const task of old) {
      if (task.state === 'serving' && healthy - 1 < least) continue;
      if (task.state === 'serving') healthy -= 1;
      kept -= 1;
      this.drain(task, now);
    }
    this.recount();
    if (kept > 0 || this.healthy < this.desired) return;
    this.deploying = false;
    this.record({ atSeconds: now, kind: 'deployment', text: 'deployment ends' });
  }

  private mayLaunch(): boolean {
    if (this.launchTokens < 1) return false;
    this.launchTokens -= 1;
    return true;
  }

  /** Launching tasks go first, then one of the fullest zone. */
  private victim(): Task | undefined {
    const able = this.tasks.filter(isPresent);
    const young = able.filter((task) => task.state === 'launching');
    if (young.length > 0) return young.at(-1);
    const perZone = this.perZone();
    const fullest = perZone.indexOf(Math.max(...perZone));
    const inZone = able.filter((task) => task.zone === fullest);
    return this.input.parameters.scaleInVictim === 'newest' ? inZone.at(-1) : inZone[0];
  }

  private emptiestZone(zones: number): number {
    const perZone = this.perZone();
    if (this.lostZone >= 0 && zones > 1) perZone[this.lostZone] = Number.POSITIVE_INFINITY;
    return perZone.indexOf(Math.min(...perZone));
  }

  private perZone(): number[] {
    const counts = new Array<number>(this.input.deployment.zones).fill(0);
    for (const task of this.tasks) {
      if (isPresent(task)) counts[task.zone] = (counts[task.zone] ?? 0) + 1;
    }
    return counts;
  }

  private recount(): void {
    this.running = 0;
    this.healthy = 0;
    this.present = 0;
    for (const task of this.tasks) {
      if (!isPresent(task)) continue;
      this.present += 1;
      if (task.state !== 'launching') this.running += 1;
      if (task.state === 'serving') this.healthy += 1;
    }
  }
}

/** Not dead, and not on its way out. */
function isPresent(task: Task): boolean {
  return task.state !== 'draining' && !task.dead;
}
