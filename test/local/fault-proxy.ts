import net from 'node:net';
import { freePort } from './ports';

/** What goes wrong between a client and its server. Each holds until it is changed. */
export interface Faults {
  /** Added to each direction, in milliseconds. */
  readonly latencyMillis: number;
  /** New connections are refused. */
  readonly refuse: boolean;
  /** Connections stay open, and nothing gets through in either direction: what a lost host looks like. */
  readonly blackHole: boolean;
}

const NONE: Faults = { latencyMillis: 0, refuse: false, blackHole: false };

interface Target {
  readonly host: string;
  readonly port: number;
}

/** A TCP proxy that does harm on demand. With several targets, each new connection goes to the next one. */
export class FaultProxy {
  public readonly host = '127.0.0.1';
  private faults = NONE;
  private listener: net.Server | undefined;
  private readonly sockets = new Set<net.Socket>();
  private connections = 0;
  /** What a black hole keeps back. */
  private readonly held: (() => void)[] = [];

  private constructor(
    public readonly port: number,
    private readonly targets: readonly Target[],
  ) {}

  public static async start(...targets: readonly Target[]): Promise<FaultProxy> {
    const proxy = new FaultProxy(await freePort(), targets);
    await proxy.listen();
    return proxy;
  }

  /** Changes what goes wrong; what is left out stays. */
  public async inject(faults: Partial<Faults>): Promise<void> {
    const before = this.faults;
    this.faults = { ...before, ...faults };
    if (this.faults.refuse && !before.refuse) this.stopListening();
    if (!this.faults.refuse && before.refuse) await this.listen();
    if (before.blackHole && !this.faults.blackHole) this.letThrough();
  }

  /** All is well again. Connections that were cut stay cut. */
  public async heal(): Promise<void> {
    await this.inject(NONE);
  }

  /** Resets every connection that is open now. */
  public cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  public stop(): void {
    this.stopListening();
    for (const socket of this.sockets) socket.destroy();
  }

  private listen(): Promise<void> {
    const listener = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.connect(client));
    this.listener = listener;
    return new Promise((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.port, this.host, resolve);
    });
  }

  private stopListening(): void {
    this.listener?.close();
    this.listener = undefined;
  }

  private connect(client: net.Socket): void {
    const target = this.targets[this.connections++ % this.targets.length];
    if (target === undefined) throw new Error('a fault proxy needs a target');
    const server = net.connect({ ...target, noDelay: true, allowHalfOpen: true });
    this.forward(client, server);
    this.forward(server, client);
  }

  private forward(from: net.Socket, to: net.Socket): void {
    this.sockets.add(from);
    from.on('data', (data) => {
      if (this.faults.blackHole) from.pause();
      this.later(() => to.writable && to.write(data));
    });
    from.on('end', () => this.later(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      if (!this.faults.blackHole) to.destroySoon();
    });
  }

  /** Keeps the order: timers of the same length end in the order in which they began. */
  private later(deliver: () => void): void {
    if (this.faults.blackHole) this.held.push(deliver);
    else if (this.faults.latencyMillis > 0) setTimeout(deliver, this.faults.latencyMillis);
    else deliver();
  }

  /** TCP sends again what was lost: after a black hole everything arrives, late. */
  private letThrough(): void {
    for (const deliver of this.held.splice(0)) deliver();
    for (const socket of this.sockets) socket.resume();
  }
}
