import { Stack, Stage, type StageProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type PlatformConfig, validateConfig } from './config';
import type { BackupConfig, RecoveryRegion } from './config/recovery-config';
import {
  advisedLimits,
  dataReplication,
  metricsNamespace,
  objectivesMetadata,
  stageId,
  watchedObjectives,
} from './config/views';
import { globalDatabaseIdentifier } from './constructs/database/global-database';
import type { ContentDelivery } from './constructs/edge/content-delivery';
import type { WebAcl } from './constructs/edge/web-acl';
import type { AlarmSet } from './constructs/observability/alarm-set';
import type { WatchedBackups } from './constructs/observability/alarms/backups';
import { GLOBAL_METRICS_REGION } from './constructs/observability/platform-concerns';
import { checkConcurrencyPool } from './constructs/scaling/concurrency-pool';
import { recoverStackOtherwise } from './shared/recoverability';
import { ApplicationStack } from './stacks/application-stack';
import { BackupStack, type BackupStackProps } from './stacks/backup-stack';
import { CacheUpkeepStack, type CacheUpkeepStackProps } from './stacks/cache-upkeep-stack';
import { DataStack } from './stacks/data-stack';
import { EdgeAlarmsStack } from './stacks/edge-alarms-stack';
import { EdgeLogsStack } from './stacks/edge-logs-stack';
import { EdgeSecurityStack } from './stacks/edge-security-stack';
import { EdgeStack } from './stacks/edge-stack';
import { EdgeWarmingStack } from './stacks/edge-warming-stack';
import { FaultInjectionStack } from './stacks/fault-injection-stack';
import { NetworkStack } from './stacks/network-stack';
import { ObservabilityStack } from './stacks/observability-stack';
import { RecoveryDataStack } from './stacks/recovery-data-stack';
import { RecoveryStack } from './stacks/recovery-stack';
import { RecoveryVaultStack } from './stacks/recovery-vault-stack';

export interface PlatformStageProps extends StageProps {
  readonly config: PlatformConfig;
}

/** Alarms that say that an experiment has become an incident. */
const STOPS_EXPERIMENTS = ['load-balancer-errors', 'load-balancer-no-healthy-tasks'];

/** One environment: the only place where its stacks are wired together. */
export class PlatformStage extends Stage {
  /** @throws InvalidConfigError with every problem of the configuration. */
  public constructor(scope: Construct, props: PlatformStageProps) {
    const config = validateConfig(props.config);
    super(scope, stageId(config.name), { env: config.primary, ...props });
    this.nameZones(config);
    tagEverything(this, config);
    checkConcurrencyPool(this, config.functions.accountConcurrency);

    const { network } = new NetworkStack(this, 'Network', {
      terminationProtection: config.terminationProtection,
      network: { ...config.network, availabilityZones: config.primary.availabilityZones },
    });

    const data = new DataStack(this, 'Data', {
      terminationProtection: config.terminationProtection,
      network,
      database: config.database,
      thresholds: { slowQuery: config.objectives.query.complexMax },
      cache: config.cache,
      replication: dataReplication(config),
    });

    const application = new ApplicationStack(this, 'Application', {
      network,
      data: data.access,
      keys: data.keys,
      connectionsPerEndpoint: config.database.connectionsPerEndpoint,
      loadBalancer: config.loadBalancer,
      service: config.service,
      scaling: config.scaling,
      background: config.background,
      serverlessApi: config.serverlessApi,
      webhooks: config.webhooks,
      metricsNamespace: metricsNamespace(config),
      timeouts: config.timeouts,
      objectives: watchedObjectives(config),
      originPrefixList: config.edge.originPrefixList,
    });
    const edge = this.addEdge(config, application);
    const backups =
      config.recovery === 'none' || config.backup.kind === 'none'
        ? undefined
        : this.addRecovery(config, config.backup, config.recovery, { network, database: data.database });
    const { warmer } = this.addCacheUpkeep(config, {
      network,
      data: data.access,
      database: data.database,
      application,
      delivery: edge.delivery,
    });
    const parts = {
      loadBalancer: application.loadBalancer,
      service: application.service,
      scalingEvents: application.scalingEvents,
      api: application.serverlessApi,
      webhooks: application.webhooks,
      saga: application.background.saga,
      backups,
      database: data.database,
      pool: data.pool,
      cache: data.cache,
      warmer,
      ...edge,
      objectives: watchedObjectives(config),
      minTasks: config.service.minTasks,
      maxTasks: config.service.maxTasks,
      additionalMetrics: config.edge.additionalMetrics,
      accountConcurrency: config.functions.accountConcurrency,
    };
    const { watch } = new ObservabilityStack(this, 'Observability', {
      environment: config.name,
      costs: config.cost,
      natGateways: config.network.natGateways === 'none' ? 0 : config.network.natGateways,
      task: config.service,
      databaseStorage: config.database.storage,
      cacheCapacity: config.cache.capacity,
      parts,
      observability: config.observability,
      metricsNamespace: metricsNamespace(config),
      network: { vpc: network.vpc, vpcSubnets: network.privateSubnets },
      limits: advisedLimits(config),
      connectionsPerEndpoint: config.database.connectionsPerEndpoint,
    });
    if (config.primary.region !== GLOBAL_METRICS_REGION) {
      new EdgeAlarmsStack(this, 'EdgeAlarms', {
        env: { ...config.primary, region: GLOBAL_METRICS_REGION },
        crossRegionReferences: true,
        observability: config.observability,
        parts,
      });
    }
    if (config.backup.kind === 'none') this.signForLoss(config.backup.reason);
    else this.addFaultInjection(config, watch.alarms.set.alarms);
    // Whoever reads the templates (rehearsal, review) finds in them what they must live up to.
    application.templateOptions.metadata = {
      ...application.templateOptions.metadata,
      'Headroom::Objectives': objectivesMetadata(config.objectives),
    };
  }

  /** The public door. Parts of it can only be in us-east-1, wherever the platform is (docs/decisions/0041). */
  private addEdge(
    { name, edge, primary, recovery, timeouts, terminationProtection }: PlatformConfig,
    application: ApplicationStack,
  ): { readonly delivery: ContentDelivery; readonly webAcl: WebAcl } {
    const global = { env: { ...primary, region: 'us-east-1' }, crossRegionReferences: true };
    const security = new EdgeSecurityStack(this, 'EdgeSecurity', {
      ...global,
      domain: edge.domain,
      webAcl: edge.webAcl,
    });
    const { delivery, analytics } = new EdgeStack(this, 'Edge', {
      crossRegionReferences: true,
      terminationProtection,
      edge,
      application: {
        loadBalancer: application.loadBalancer.loadBalancer,
        tlsName: edge.originTlsName,
      },
      apis: application.serverlessApi.origins,
      webAcl: security.webAcl,
      certificate: security.certificate,
      keepAlive: timeouts.edgeKeepAlive,
      assetsReplica: recovery === 'none' ? 'none' : { environment: name, content: 'assets', region: recovery.region },
    });
    new EdgeLogsStack(this, 'EdgeLogs', {
      ...global,
      accessLog: { distribution: delivery.distribution, bucket: analytics.logBucket },
    });
    return { delivery, webAcl: security.webAcl };
  }

  /** What keeps the caches warm and true, with what asks the CDN from other regions; the warmer finds that by name. */
  private addCacheUpkeep(
    config: PlatformConfig,
    parts: Pick<CacheUpkeepStackProps, 'network' | 'data' | 'database' | 'application' | 'delivery'>,
  ): CacheUpkeepStack {
    const { primary, cacheUpkeep } = config;
    const { edge } = cacheUpkeep.warming;
    const common = { environment: config.name, logRetention: config.service.logRetention };
    const elsewhere = (edge === 'none' ? [] : edge.regions).map(
      (region) => new EdgeWarmingStack(this, `EdgeWarming-${region}`, { ...common, env: { ...primary, region } }),
    );
    const upkeep = new CacheUpkeepStack(this, 'CacheUpkeep', {
      ...common,
      ...parts,
      upkeep: cacheUpkeep,
      metricsNamespace: metricsNamespace(config),
    });
    for (const stack of elsewhere) upkeep.addStackDependency(stack);
    return upkeep;
  }

  /** What outlives the primary region, from the vault to the cluster that follows; nothing of it waits for this region. */
  private addRecovery(
    config: PlatformConfig,
    backup: BackupConfig,
    region: RecoveryRegion,
    { network, database }: Pick<BackupStackProps, 'network' | 'database'>,
  ): WatchedBackups {
    const { name: environment, terminationProtection } = config;
    const common = { environment, backup };
    const there = { ...common, env: { ...config.primary, region: region.region } };
    const vault = new RecoveryVaultStack(this, 'RecoveryVault', { ...there, terminationProtection });
    const recovery = new RecoveryStack(this, 'Recovery', {
      ...there,
      vault,
      region,
      primaryRegion: config.primary.region,
      metricsNamespace: metricsNamespace(config),
    });
    const { events, configuration, manifests } = new BackupStack(this, 'Backup', {
      ...common,
      crossRegionReferences: true,
      terminationProtection,
      metricsNamespace: metricsNamespace(config),
      recoveryRegion: region.region,
      copies: vault.copies,
      network,
      database,
    });
    // A replica is found by name, so nothing but this says that it must be there before what fills it.
    this.stackNamed('Edge').addStackDependency(vault);
    const watched: WatchedBackups = {
      ...backup,
      events,
      preparations: [configuration.function, manifests.function],
      recoveryTime: config.objectives.recovery.time,
    };
    if (backup.replication.database === 'none') return watched;
    const secondary = new RecoveryDataStack(this, 'RecoveryData', {
      env: there.env,
      terminationProtection,
      database: {
        ...config.database,
        globalIdentifier: globalDatabaseIdentifier(environment),
        network: recovery.network,
        thresholds: { slowQuery: config.objectives.query.complexMax },
        kind: backup.replication.database,
      },
    });
    secondary.addStackDependency(Stack.of(database));
    return watched;
  }

  /** Experiments, and what ends them. */
  private addFaultInjection({ name, primary }: PlatformConfig, alarms: AlarmSet['alarms']): void {
    const [zone = ''] = primary.availabilityZones;
    const stopAlarms = STOPS_EXPERIMENTS.flatMap((id) => alarms.get(id) ?? []);
    new FaultInjectionStack(this, 'FaultInjection', { faults: { environment: name, zone, stopAlarms } });
  }

  /** Nothing comes back, and somebody has said so. */
  private signForLoss(reason: string): void {
    for (const stack of this.node.children.filter(Stack.isStack)) {
      recoverStackOtherwise(stack, { means: 'none', reason });
    }
  }

  private stackNamed(id: string): Stack {
    return Stack.of(this.node.findChild(id));
  }

  /** With an account known, CDK would look its zones up; the configuration has them already. */
  private nameZones({ primary, recovery }: PlatformConfig): void {
    const { account } = primary;
    if (account === undefined) return;
    for (const { region, availabilityZones } of recovery === 'none' ? [primary] : [primary, recovery]) {
      this.node.setContext(`availability-zones:account=${account}:region=${region}`, availabilityZones);
    }
  }
}

function tagEverything(stage: PlatformStage, { name, ownership }: PlatformConfig): void {
  const tags = { platform: 'headroom', environment: name, owner: ownership.owner, 'cost-center': ownership.costCenter };
  for (const [key, value] of Object.entries(tags)) Tags.of(stage).add(key, value);
}
