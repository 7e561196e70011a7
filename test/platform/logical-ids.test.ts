import { statefulResources } from '../../analysis/checks';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform();
const WRITER = 'DatabaseClusterWriterD43085C6';

/** What holds data, and what it is found by, in the data stack of every environment. Add to it; never change a line. */
const PINNED = [
  'AWS::ElastiCache::ReplicationGroup CacheNodesC14B7DBC',
  'AWS::KMS::Key CacheKeyCDF9DE27',
  'AWS::KMS::Key DatabaseKey5E5D9547',
  'AWS::KMS::Key ServiceKeysKey995214C8',
  'AWS::RDS::DBCluster DatabaseCluster5B53A178',
  'AWS::SecretsManager::Secret ServiceKeysCacheKeys53D675C3',
  'AWS::SecretsManager::Secret ServiceKeysCacheNamingKey46AC6B32',
  'AWS::SecretsManager::Secret ServiceKeysWebhookKeys52F9A55E',
  'AWS::SecretsManager::Secret ServiceKeysSessionKeys579FD94A',
];

/** Where another region follows the database. */
const FOLLOWED: Readonly<Record<string, readonly string[]>> = {
  Staging: [
    'AWS::RDS::GlobalCluster GlobalDatabaseF3A77081',
    'AWS::SecretsManager::Secret StagingDataDatabaseClusterSecret445CD36B3fdaad7efa858a3daf9490cf0a702aeb',
  ],
  Production: [
    'AWS::RDS::GlobalCluster GlobalDatabaseF3A77081',
    'AWS::SecretsManager::Secret ProductionDataDatabaseClusterSecret63BF7AEB3fdaad7efa858a3daf9490cf0a702aeb',
  ],
};

const RISK =
  'CloudFormation knows a resource by its logical id alone. Under another id it makes a new, EMPTY one and lets go of the ' +
  'one with the data. Put the id back: move the construct to where it was, or `overrideLogicalId`.';

describe.each(assembly.stages)('%s', (stage) => {
  const stack = assembly.stacks.find(({ displayName }) => displayName === `${stage}/Data`);

  test('keeps the logical ids of what holds data', () => {
    const now = statefulResources(assembly)
      .filter(({ resource }) => resource.stack === stack)
      .map(({ resource }) => `${resource.type} ${resource.logicalId}`);
    const pinned = [...PINNED, ...(FOLLOWED[stage] ?? [])];
    const [missing, unknown] = [pinned.filter((id) => !now.includes(id)), now.filter((id) => !pinned.includes(id))];
    expect({ missing, unknown, risk: missing.length > 0 ? RISK : '' }).toEqual({ missing: [], unknown: [], risk: '' });
  });

  test('keeps the writer, whose id is part of the endpoint of the instance', () => {
    expect(stack?.resource(WRITER)?.type).toBe('AWS::RDS::DBInstance');
  });
});
