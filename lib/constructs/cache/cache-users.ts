import { Names } from 'aws-cdk-lib';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';

/**
 * What the service may do: every command on every key and channel, without those that administrate the server or stop it
 * for everyone. `INFO` and `CLUSTER` are on the dangerous list, and clients need them to find out whom they talk to.
 *
 * @see https://valkey.io/topics/acl
 */
export const APPLICATION_ACCESS =
  'on ~* &* +@all -@admin -@dangerous +info +cluster|slots +cluster|shards +cluster|nodes';

/**
 * Who may log in to a cache: one user, with a token that IAM signs and that lives for 15 minutes. There is no default
 * user, so nobody comes in without one.
 */
export class CacheUsers extends Construct {
  /** The user that the service logs in as. */
  public readonly user: elasticache.CfnUser;

  /** The users as the cache takes them. */
  public readonly group: elasticache.CfnUserGroup;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.user = new elasticache.CfnUser(this, 'User', {
      engine: 'valkey',
      ...named(this, 'user', (name) => ({ userId: name, userName: name })),
      authenticationMode: { Type: 'iam' },
      accessString: APPLICATION_ACCESS,
    });
    this.group = new elasticache.CfnUserGroup(this, 'Resource', {
      engine: 'valkey',
      ...named(this, 'group', (name) => ({ userGroupId: name })),
      userIds: [this.user.ref],
    });
  }
}

/**
 * ElastiCache makes no names for users and groups, and IAM wants the id and the name of a user to be the same: lower
 * case, 40 characters, unique in account and region.
 */
function named<T>(scope: Construct, suffix: string, use: (name: string) => T): T {
  const unique = Names.uniqueResourceName(scope, { maxLength: 39 - suffix.length, separator: '-' });
  return use(`${unique}-${suffix}`.toLowerCase());
}
