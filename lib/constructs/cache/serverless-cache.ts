import { Names, RemovalPolicy } from 'aws-cdk-lib';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import type { ServerlessCapacity } from './cache-capacity';
import { type CacheParts, type CacheServer, VALKEY_MAJOR, VALKEY_PORT } from './cache-server';

/**
 * A serverless cache: several zones, TLS and a cluster behind one endpoint, always.
 *
 * @stateful
 */
export class ServerlessCache extends Construct implements CacheServer {
  public readonly resource: elasticache.CfnServerlessCache;
  public readonly cacheName: string;
  public readonly arn: string;
  public readonly host: string;
  public readonly readerHost: string;
  public readonly port = VALKEY_PORT;
  public readonly metricDimensions: readonly Record<string, string>[];

  public constructor(scope: Construct, id: string, { dataGb, ecpuPerSecond }: ServerlessCapacity, parts: CacheParts) {
    super(scope, id);
    // ElastiCache makes no name for it: lower case, 40 characters, unique in account and region.
    this.cacheName = Names.uniqueResourceName(this, { maxLength: 40, separator: '-' }).toLowerCase();
    this.resource = new elasticache.CfnServerlessCache(this, 'Resource', {
      serverlessCacheName: this.cacheName,
      description: 'Application cache',
      engine: 'valkey',
      majorEngineVersion: VALKEY_MAJOR,
      cacheUsageLimits: {
        dataStorage: { minimum: dataGb.min, maximum: dataGb.max, unit: 'GB' },
        ecpuPerSecond: { minimum: ecpuPerSecond.min, maximum: ecpuPerSecond.max },
      },
      subnetIds: [...parts.subnetIds],
      securityGroupIds: [...parts.securityGroupIds],
      kmsKeyId: parts.encryptionKey.keyArn,
      userGroupId: parts.userGroupId,
      snapshotRetentionLimit: parts.snapshotRetention.toDays(),
    });
    // CloudFormation cannot take a final snapshot of this type.
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN);

    this.arn = this.resource.attrArn;
    this.host = this.resource.attrEndpointAddress;
    this.readerHost = this.resource.attrReaderEndpointAddress;
    this.metricDimensions = [{ ServerlessCacheName: this.cacheName }];
  }
}
