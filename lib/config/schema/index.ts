import { FARGATE_CPU_UNITS } from '../../constructs/container-service/task-size';
import type { CostSettings } from '../../constructs/cost/cost-settings';
import type { WebhookSettings } from '../../constructs/webhooks/webhook-workers';
import { boolean, integer, noneOr, number, oneOf, type Shape, shape, text } from '../checks';
import type { EdgeConfig } from '../edge-config';
import type { FunctionsConfig, Ownership, PlatformConfig } from '../platform-config';
import { loadBalancer, network, service } from './application';
import { background } from './background';
import { cacheUpkeep } from './cache-upkeep';
import { cache, database } from './data';
import { EDGE_SHAPE } from './edge';
import { objectives, primary, timeouts } from './environment';
import { observability } from './observability';
import { backup, recovery } from './recovery';
import { scaling } from './scaling';
import { serverlessApi } from './serverless-api';
import { anyText, emails } from './values';

const functions = shape<FunctionsConfig>({ accountConcurrency: integer(10, 1_000_000) });

const webhooks = noneOr(
  shape<WebhookSettings>({
    cpu: oneOf(...FARGATE_CPU_UNITS),
    memoryMiB: integer(512, 122_880),
    tasks: integer(1, 100),
  }),
);

/** What every field must look like by itself; rules between fields are in `rules.ts`. */
export const PLATFORM_SHAPE = {
  name: text(/^[a-z][a-z0-9-]{0,30}$/, 'a lower-case name such as production'),
  primary,
  recovery,
  backup,
  ownership: shape<Ownership>({ owner: anyText, costCenter: anyText }),
  terminationProtection: boolean,
  objectives,
  timeouts,
  network,
  database,
  cache,
  loadBalancer,
  service,
  scaling,
  functions,
  background,
  serverlessApi,
  webhooks,
  cacheUpkeep,
  edge: shape<EdgeConfig>(EDGE_SHAPE),
  observability,
  cost: shape<CostSettings>({
    monthlyBudgetUsd: number(1, 10_000_000),
    anomalyThresholdUsd: number(1, 1_000_000),
    alertEmails: noneOr(emails),
  }),
} satisfies Shape<PlatformConfig>;
