import { existsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accepts, freePort } from './ports';
import { LOAD_BALANCER, requireProgram } from './programs';
import { openRig, type Rig } from './rig';
import { ServerProcess, withRetries } from './server-process';
import type { TargetGroup } from './target-group';

export interface LoadBalancerOptions {
  /** What the balancer does, read from a synthesized template with `targetGroupOf`. */
  readonly targetGroup: TargetGroup;

  /**
   * How much faster time runs here than in the template: at 20, a health check every 10 s comes every 500 ms, and so
   * do its time-out and the deregistration delay.
   *
   * @default 1
   */
  readonly timeScale?: number;

  /** Loopback ports of the targets at start. */
  readonly targets: readonly number[];
}

export type TargetState = 'healthy' | 'unhealthy' | 'draining' | 'unused';

/** Targets that can be registered at a time. */
const SLOTS = 32;

/** The targets as health checks see them, and all of them for when none is healthy. */
const BACKENDS = ['targets', 'targets_unchecked'] as const;

const ALGORITHMS = {
  round_robin: 'roundrobin',
  least_outstanding_requests: 'leastconn',
  weighted_random: 'random(1)',
} as const satisfies Record<TargetGroup['algorithm'], string>;

/** HAProxy as the stand-in for an Application Load Balancer, doing what a target group says. */
export class LoadBalancer {
  /** Port of each slot; a slot without one is free. */
  private readonly slots = new Map<number, number>();

  private constructor(
    public readonly port: number,
    private readonly rig: Rig,
    private readonly command: string,
    private readonly options: LoadBalancerOptions,
  ) {}

  public static launch(options: LoadBalancerOptions): Promise<LoadBalancer> {
    const command = requireProgram(LOAD_BALANCER);
    return withRetries(async () => {
      const balancer = new LoadBalancer(await freePort(), openRig(), command, options);
      await balancer.start();
      for (const target of options.targets) await balancer.register(target);
      return balancer;
    });
  }

  public get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Adds a target; it gets requests until a health check says otherwise. */
  public async register(port: number): Promise<void> {
    const slot = Array.from({ length: SLOTS }, (_, index) => index + 1).find((candidate) => !this.slots.has(candidate));
    if (slot === undefined) throw new Error(`the load balancer has all of its ${SLOTS} targets`);
    this.slots.set(slot, port);
    await this.setServer(slot, `addr 127.0.0.1 port ${port}`);
    await this.setServer(slot, 'state ready');
  }

  /**
   * Takes a target out: no new requests, and those in flight may finish until the deregistration delay is over.
   *
   * @returns when none is left or the delay is over
   */
  public async deregister(port: number): Promise<void> {
    const slot = [...this.slots].find(([, used]) => used === port)?.[0];
    if (slot === undefined) throw new Error(`port ${port} is no target`);
    await this.setServer(slot, 'state drain');
    const deadline = Date.now() + this.scaled(this.options.targetGroup.deregistrationDelaySeconds);
    while (Date.now() < deadline && (await this.inFlight(slot)) > 0) await sleep(20);
    await this.setServer(slot, 'state maint');
    await this.ask(`shutdown sessions server targets/t${slot}`);
    this.slots.delete(slot);
  }

  /** State of each target by its port. */
  public async states(): Promise<ReadonlyMap<number, TargetState>> {
    const rows = await this.statistics();
    return new Map([...this.slots].map(([slot, port]) => [port, stateOf(rows.get(`t${slot}`)?.['status'] ?? '')]));
  }

  /** Requests that each target has been given, by its port. */
  public async requests(): Promise<ReadonlyMap<number, number>> {
    const rows = await this.statistics();
    return new Map([...this.slots].map(([slot, port]) => [port, Number(rows.get(`t${slot}`)?.['stot'] ?? 0)]));
  }

  public async stop(): Promise<void> {
    await this.rig.reaper.close();
  }

  private async start(): Promise<void> {
    const file = path.join(this.rig.folder, 'haproxy.cfg');
    writeFileSync(file, configuration(this.options, this.port, this.socket));
    const process = new ServerProcess({
      ...this.rig,
      name: 'load-balancer',
      command: this.command,
      args: ['-f', file, '-db'],
      stopSignal: 'TERM',
    });
    // The port alone may be answered before the socket for commands has its name.
    await process.until(async () => existsSync(this.socket) && (await accepts(this.port)));
  }

  private get socket(): string {
    return path.join(this.rig.folder, 'haproxy.sock');
  }

  private scaled(seconds: number): number {
    return (seconds * 1_000) / (this.options.timeScale ?? 1);
  }

  private async setServer(slot: number, change: string): Promise<void> {
    for (const backend of BACKENDS) await this.ask(`set server ${backend}/t${slot} ${change}`);
  }

  private async inFlight(slot: number): Promise<number> {
    return Number((await this.statistics()).get(`t${slot}`)?.['scur'] ?? 0);
  }

  /** HAProxy's own figures, by server. */
  private async statistics(): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    const [header = '', ...lines] = (await this.ask('show stat targets 4 -1')).trim().split('\n');
    const columns = header.replace(/^# /, '').split(',');
    const rows = lines.map((line) => {
      const values = line.split(',');
      return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']));
    });
    return new Map(rows.map((row) => [row['svname'] ?? '', row]));
  }

  /** One command to the running balancer. https://docs.haproxy.org/2.6/management.html#9.3 */
  private ask(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.socket, () => socket.write(`${line}\n`));
      let answer = '';
      socket.on('data', (data) => (answer += data));
      socket.once('error', reject);
      socket.once('close', () => resolve(answer));
    });
  }
}

function stateOf(status: string): TargetState {
  if (status.startsWith('UP') || status === 'no check') return 'healthy';
  if (status.startsWith('DRAIN')) return 'draining';
  return status.startsWith('MAINT') ? 'unused' : 'unhealthy';
}

/** HAProxy's configuration for a target group. */
function configuration(
  { targetGroup, timeScale = 1 }: Omit<LoadBalancerOptions, 'targets'>,
  port: number,
  socket: string,
): string {
  const { healthCheck, stickySeconds } = targetGroup;
  const millis = (seconds: number) => `${Math.max(1, Math.round((seconds * 1_000) / timeScale))}ms`;
  const check = `inter ${millis(healthCheck.intervalSeconds)} rise ${healthCheck.healthyThreshold} fall ${healthCheck.unhealthyThreshold}`;
  const sticky = [
    `  cookie AWSALB insert indirect nocache dynamic maxlife ${stickySeconds}s`,
    '  dynamic-cookie-key headroom',
  ];
  return [
    'global',
    // Where the machine allows fewer open files, fewer connections.
    '  no strict-limits',
    '  maxconn 8000',
    `  stats socket ${socket} mode 600 level admin`,
    'defaults',
    '  mode http',
    '  option forwardfor',
    '  timeout connect 2s',
    // The idle timeout of an Application Load Balancer unless set otherwise.
    '  timeout client 60s',
    '  timeout server 60s',
    'frontend requests',
    `  bind 127.0.0.1:${port}`,
    // With no healthy target, an Application Load Balancer sends requests to all of them.
    '  use_backend targets_unchecked if { nbsrv(targets) eq 0 }',
    '  default_backend targets',
    'backend targets',
    `  balance ${ALGORITHMS[targetGroup.algorithm]}`,
    `  option httpchk GET ${healthCheck.path}`,
    `  http-check expect status ${healthCheck.matcher}`,
    `  timeout check ${millis(healthCheck.timeoutSeconds)}`,
    ...(stickySeconds === undefined ? [] : sticky),
    `  server-template t 1-${SLOTS} 127.0.0.1:1 check ${check} disabled`,
    'backend targets_unchecked',
    '  balance roundrobin',
    `  server-template t 1-${SLOTS} 127.0.0.1:1 disabled`,
    '',
  ].join('\n');
}
