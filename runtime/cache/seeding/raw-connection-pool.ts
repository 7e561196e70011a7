import type { CacheConnectionOptions } from '../connection';
import { RawConnection } from './raw-connection';

/** A few connections that writers take in turn. */
export class RawConnectionPool {
  private readonly idle: RawConnection[] = [];
  private readonly waiting: (() => void)[] = [];
  private inUse = 0;

  public constructor(
    private readonly server: CacheConnectionOptions,
    private readonly most: number,
  ) {}

  /** Lends a connection for the time of `work`. One on which something failed is not lent again. */
  public async use<T>(work: (connection: RawConnection) => Promise<T>): Promise<T> {
    while (this.inUse >= this.most) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.inUse++;
    try {
      const connection = this.idle.pop() ?? (await RawConnection.open(this.server));
      try {
        const result = await work(connection);
        this.idle.push(connection);
        return result;
      } catch (error) {
        connection.close();
        throw error;
      }
    } finally {
      this.inUse--;
      this.waiting.shift()?.();
    }
  }

  public close(): void {
    for (const connection of this.idle.splice(0)) connection.close();
  }
}
