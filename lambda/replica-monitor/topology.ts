import {
  type DBInstance,
  DescribeDBClustersCommand,
  paginateDescribeDBInstances,
  type RDSClient,
} from '@aws-sdk/client-rds';

/** An instance of the cluster as RDS lists it. */
export interface Member {
  readonly name: string;
  readonly writer: boolean;
  /** Such as `available` or `creating`. */
  readonly status: string;
  /** Such as `db.r8g.large`. */
  readonly instanceClass: string;
  readonly zone: string;
}

/** The cluster is not there, or has another name. */
class NoClusterError extends Error {
  public override readonly name = 'NoClusterError';
}

/**
 * The members of a cluster, the writer first, all pages.
 *
 * @throws NoClusterError when RDS knows no such cluster
 */
export async function readTopology(client: RDSClient, cluster: string): Promise<readonly Member[]> {
  const { DBClusters = [] } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: cluster }));
  const members = DBClusters[0]?.DBClusterMembers;
  if (members === undefined) throw new NoClusterError(`RDS lists no cluster ${cluster}`);
  const instances = new Map<string, DBInstance>();
  const pages = paginateDescribeDBInstances({ client }, { Filters: [{ Name: 'db-cluster-id', Values: [cluster] }] });
  for await (const { DBInstances = [] } of pages) {
    for (const instance of DBInstances) instances.set(instance.DBInstanceIdentifier ?? '', instance);
  }
  return members
    .map(({ DBInstanceIdentifier: name = '', IsClusterWriter: writer = false }): Member => {
      const { DBInstanceStatus = 'unknown', DBInstanceClass = '', AvailabilityZone = '' } = instances.get(name) ?? {};
      return { name, writer, status: DBInstanceStatus, instanceClass: DBInstanceClass, zone: AvailabilityZone };
    })
    .sort((a, b) => Number(b.writer) - Number(a.writer) || (a.name < b.name ? -1 : 1));
}

/** What became different between two looks. */
export interface TopologyChange {
  readonly change: 'writer_changed' | 'reader_added' | 'reader_removed';
  readonly instance: string;
}

/** Changes from `before` to `now`. A writer that became a reader is one change, not three. */
export function topologyChanges(before: readonly Member[], now: readonly Member[]): readonly TopologyChange[] {
  const names = (members: readonly Member[]): readonly string[] => members.map(({ name }) => name);
  const writer = now.find((member) => member.writer)?.name;
  const former = before.find((member) => member.writer)?.name;
  const added = names(now).filter((name) => !names(before).includes(name));
  const removed = names(before).filter((name) => !names(now).includes(name));
  return [
    ...(writer !== undefined && writer !== former ? [{ change: 'writer_changed' as const, instance: writer }] : []),
    ...added.filter((name) => name !== writer).map((instance) => ({ change: 'reader_added' as const, instance })),
    ...removed.map((instance) => ({ change: 'reader_removed' as const, instance })),
  ];
}

/** How many readers there should be. */
export interface WantedReaders {
  /** Readers that are always there. */
  readonly min: number;
  /** The most that scaling makes; `min` without scaling. */
  readonly max: number;
}

/** Something that is not as configured. */
export interface Drift {
  readonly drift: 'too_few_readers' | 'too_many_readers' | 'unavailable' | 'mixed_classes' | 'single_zone';
  readonly detail: string;
}

/** Where the cluster is not what its configuration says. */
export function driftOf(members: readonly Member[], { min, max }: WantedReaders): readonly Drift[] {
  const readers = members.filter(({ writer }) => !writer);
  const available = readers.filter(({ status }) => status === 'available').length;
  const classes = [...new Set(members.map(({ instanceClass }) => instanceClass))];
  const zones = new Set(members.map(({ zone }) => zone));
  const all: readonly (Drift & { readonly when: boolean })[] = [
    { when: available < min, drift: 'too_few_readers', detail: `${available} of ${min} readers are available` },
    { when: readers.length > max, drift: 'too_many_readers', detail: `${readers.length} readers, ${max} at most` },
    ...members.map(({ name, status }) => ({
      when: status !== 'available',
      drift: 'unavailable' as const,
      detail: `${name} is ${status}`,
    })),
    { when: classes.length > 1, drift: 'mixed_classes', detail: `instances are ${classes.join(' and ')}` },
    {
      when: members.length > 1 && zones.size === 1,
      drift: 'single_zone',
      detail: `all ${members.length} instances are in ${[...zones].join()}`,
    },
  ];
  return all.filter(({ when }) => when).map(({ drift, detail }) => ({ drift, detail }));
}
