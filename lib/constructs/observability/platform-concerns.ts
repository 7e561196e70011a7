import type { CostReporter } from '../cost/cost-reporter';
import type { Concern } from './alarm-row';
import { apiAlarms } from './alarms/apis';
import { backupAlarms } from './alarms/backups';
import { cacheAlarms } from './alarms/cache';
import { canaryAlarms } from './alarms/canary';
import { costAlarms } from './alarms/cost';
import { databaseAlarms } from './alarms/database';
import { edgeAlarms, webAclAlarms } from './alarms/edge';
import { functionAlarms } from './alarms/functions';
import { loadBalancerAlarms } from './alarms/load-balancer';
import { orderAlarms } from './alarms/orders';
import { poolAlarms } from './alarms/pool';
import { queueAlarms } from './alarms/queues';
import { serviceAlarms } from './alarms/service';
import { warmingAlarms } from './alarms/warming';
import { webhookAlarms } from './alarms/webhooks';
import type { WatchedPlatform } from './watched-platform';

/** Where CloudFront and its web ACL report, wherever the platform is; an alarm must be in the region of its metric. */
export const GLOBAL_METRICS_REGION = 'us-east-1';

/** The alarms of what reports in the region of the platform. */
export function regionalConcerns(
  platform: WatchedPlatform,
  { reporter, monthlyBudgetUsd }: { readonly reporter: CostReporter; readonly monthlyBudgetUsd: number },
): Concern[] {
  const { objectives, database, pool, cache, warmer, runtime } = platform;
  return [
    loadBalancerAlarms(platform.loadBalancer, objectives.p95),
    serviceAlarms(platform),
    apiAlarms(platform.api, objectives),
    databaseAlarms(database, objectives.replicationLag),
    poolAlarms(pool, objectives.complexQuery),
    cacheAlarms(cache, runtime, objectives.hitRatio),
    ...(warmer.otherRegions.length === 0 ? [] : [warmingAlarms(warmer)]),
    queueAlarms(platform.queues),
    orderAlarms(platform.saga),
    ...(platform.webhooks === undefined ? [] : [webhookAlarms(platform.webhooks)]),
    functionAlarms(platform.functions, platform.accountConcurrency),
    costAlarms(reporter, monthlyBudgetUsd),
    ...(platform.backups === undefined ? [] : [backupAlarms(platform.backups)]),
    ...(platform.canary === undefined ? [] : [canaryAlarms(platform.canary)]),
  ];
}

/** The alarms of what reports in us-east-1. */
export function globalConcerns({
  delivery,
  webAcl,
  additionalMetrics,
  objectives: { p95, hitRatio },
}: Pick<WatchedPlatform, 'delivery' | 'webAcl' | 'additionalMetrics' | 'objectives'>): Concern[] {
  return [edgeAlarms({ delivery, webAcl, additionalMetrics, p95, hitRatio }), webAclAlarms({ webAcl })];
}
