import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { letIn } from '../../shared/let-in';
import type { ValkeyCache } from '../cache/valkey-cache';
import type { ConnectionPool } from '../database/connection-pool';
import { DATABASE_NAME, POSTGRES_PORT } from '../database/database-settings';
import { DATABASE_USERS, type DatabaseUser } from '../database/database-users';

export interface DataAccessProps {
  readonly pool: ConnectionPool;
  readonly cache: ValkeyCache;
}

/** Something that uses the data tier: where it runs, and as whom. */
export interface DataClient {
  /** How it is called where connections are counted and in the descriptions of security group rules. */
  readonly name: string;

  /** Its security groups, the only ones that are let in; they may reach out. */
  readonly connectable: ec2.IConnectable;

  /** Its role. */
  readonly grantee: iam.IGrantable;

  /** Most processes at a time: the most tasks of a service, or the reserved concurrency of a function. */
  readonly processes: number;

  /** Connections that one process holds to the writer, and again as many to the readers. */
  readonly connectionsPerEndpoint: number;
}

/** How a client comes to pool and cache: network, permission, and what its process must be told. */
export class DataAccess {
  public constructor(private readonly props: DataAccessProps) {}

  /** Lets `client` in, by its security group and its role, and counts its connections. */
  public connect(client: DataClient): void {
    const { pool, cache } = this.props;
    const { name, connectable, grantee, processes, connectionsPerEndpoint } = client;
    letIn(connectable, pool, `${name} reaches the database through the pool`);
    letIn(connectable, cache, `${name} shares the cache`);
    for (const user of DATABASE_USERS) pool.grantConnect(grantee, user);
    cache.grantConnect(grantee);
    pool.addClients({ name, processes, connections: 2 * connectionsPerEndpoint });
  }

  /** The settings of a client's process, by the names that the service reads. There is no secret among them. */
  public environment({ connectionsPerEndpoint }: Pick<DataClient, 'connectionsPerEndpoint'>): Record<string, string> {
    const { pool, cache } = this.props;
    const { host, port, cacheName } = cache.server;
    return {
      DATABASE_HOST: pool.writerHost,
      DATABASE_PORT: String(POSTGRES_PORT),
      DATABASE_READERS: `${pool.readerHost}:${POSTGRES_PORT}`,
      DATABASE_NAME,
      DATABASE_USER: 'app_rw' satisfies DatabaseUser,
      DATABASE_READER_USER: 'app_ro' satisfies DatabaseUser,
      DATABASE_AUTHENTICATION: 'iam',
      DATABASE_TLS: 'on',
      DATABASE_POOL_MAX: String(connectionsPerEndpoint),
      CACHE_URL: `rediss://${host}:${port}`,
      CACHE_NAME: cacheName,
      CACHE_USER: cache.userName,
    };
  }
}
