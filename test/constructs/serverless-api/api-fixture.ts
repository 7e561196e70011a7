import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { context } from '../../../cdk.json';
import { ValkeyCache } from '../../../lib/constructs/cache/valkey-cache';
import { DataAccess } from '../../../lib/constructs/data-access/data-access';
import { ConnectionPool } from '../../../lib/constructs/database/connection-pool';
import { ServiceKeys } from '../../../lib/constructs/secrets/service-keys';
import { ServerlessApi, type ServerlessApiProps } from '../../../lib/constructs/serverless-api/serverless-api';
import { testDatabase } from '../database/fixtures';

/** What the tests' functions answer. */
const DOCUMENT = {
  paths: {
    '/api/items': { get: { parameters: [{ name: 'limit', in: 'query' }] } },
    '/api/items/{id}': {
      get: { parameters: [{ name: 'id', in: 'path', required: true }] },
      patch: {
        parameters: [{ name: 'id', in: 'path', required: true }],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['version'],
                properties: { version: { type: 'integer', minimum: 1, default: 1, description: 'left out' } },
              },
            },
          },
        },
      },
    },
    '/api/search': { get: { parameters: [{ name: 'q', in: 'query', required: true }] } },
  },
} as const;

const SETTINGS = {
  functions: [{ name: 'api', memoryMiB: 1024, reservedConcurrency: 4, connectionsPerEndpoint: 1, provisioned: 'none' }],
  routes: [
    { who: 'partners', method: 'GET', path: '/api/items', function: 'api' },
    { who: 'partners', method: 'PATCH', path: '/api/items/{id}', function: 'api' },
    { who: 'partners', method: 'GET', path: '/api/search', function: 'api' },
    { who: 'visitors', method: 'ANY', path: '/api/{rest+}', function: 'api' },
  ],
  partners: {
    tiers: [{ name: 'standard', requestsPerSecond: 100, burst: 200, quota: { requests: 10_000, per: 'DAY' } }],
    keys: [{ name: 'acme', tier: 'standard' }],
  },
  visitors: { requestsPerSecond: 50, burst: 100 },
  logRetention: RetentionDays.ONE_WEEK,
} as const;

const env = { account: '111111111111', region: 'us-east-1' };

/** A data tier in a stack of its own. */
export function dataTierIn(app: App): Pick<ServerlessApiProps, 'network' | 'data' | 'keys'> {
  const dataStack = new Stack(app, 'Data', { env });
  const vpc = new ec2.Vpc(dataStack, 'Vpc', { availabilityZones: ['us-east-1a', 'us-east-1b'] });
  const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  const { database } = testDatabase({}, { stack: dataStack, vpc, vpcSubnets });
  const pool = new ConnectionPool(dataStack, 'Pool', { database, vpc, vpcSubnets, maxConnectionsPercent: 80 });
  const cache = new ValkeyCache(dataStack, 'Cache', {
    vpc,
    vpcSubnets,
    capacity: {
      kind: 'nodes',
      nodeType: 'cache.t4g.micro',
      shards: 1,
      replicasPerShard: 0,
      clusterMode: false,
      automaticFailover: false,
      scaling: 'fixed',
      maxmemoryPolicy: 'volatile-lfu',
    },
    snapshotRetention: Duration.days(1),
  });
  return {
    network: { vpc, vpcSubnets },
    data: new DataAccess({ pool, cache }),
    keys: new ServiceKeys(dataStack, 'Keys'),
  };
}

/** A serverless API with a data tier of its own. */
export function apiIn(given: Partial<ServerlessApiProps> = {}): { api: ServerlessApi; stack: Stack } {
  const app = new App({ context });
  const stack = new Stack(app, 'Application', { env });
  const api = new ServerlessApi(stack, 'Api', {
    ...SETTINGS,
    ...dataTierIn(app),
    metricsNamespace: 'Headroom/Test',
    document: DOCUMENT,
    ...given,
  });
  return { api, stack };
}

export const templateOf = (given: Partial<ServerlessApiProps> = {}): Template => Template.fromStack(apiIn(given).stack);
