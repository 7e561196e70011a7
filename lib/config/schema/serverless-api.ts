import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ProvisionedConcurrency } from '../../constructs/scaling/function-scaling';
import type { ApiRoute } from '../../constructs/serverless-api/api-route';
import type { Partner, PartnerTier } from '../../constructs/serverless-api/partner-tiers';
import type { ApiFunction, ServerlessApiSettings } from '../../constructs/serverless-api/serverless-api';
import type { VisitorThrottle } from '../../constructs/serverless-api/visitor-api';
import { integer, list, noneOr, number, oneOf, shape, text } from '../checks';
import { schedules } from './scaling';

const name = text(/^[A-Za-z0-9-]+$/, 'a name of letters, digits and dashes');

const apiFunction = shape<ApiFunction>({
  name,
  memoryMiB: integer(128, 10_240),
  reservedConcurrency: integer(1, 1_000_000),
  connectionsPerEndpoint: integer(1, 100),
  provisioned: noneOr(
    shape<ProvisionedConcurrency>({
      min: integer(1, 1_000_000),
      max: integer(1, 1_000_000),
      targetPercent: number(10, 90),
      schedules,
    }),
  ),
});

const route = shape<ApiRoute>({
  who: oneOf('partners', 'visitors'),
  method: oneOf('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'ANY'),
  path: text(/^\//, 'a path such as /api/items/{id}'),
  function: name,
});

const tier = shape<PartnerTier>({
  name,
  requestsPerSecond: number(0.01, 10_000),
  burst: integer(1, 5_000),
  quota: shape<PartnerTier['quota']>({ requests: integer(1, 2_147_483_647), per: oneOf('DAY', 'WEEK', 'MONTH') }),
});

/** Single values only; what they mean together, the construct says. */
export const serverlessApi = shape<ServerlessApiSettings>({
  functions: list(apiFunction, 1, 100),
  routes: list(route, 1, 300),
  partners: noneOr(
    shape<Exclude<ServerlessApiSettings['partners'], 'none'>>({
      tiers: list(tier, 1, 20),
      keys: list(shape<Partner>({ name, tier: name }), 0, 500),
    }),
  ),
  visitors: noneOr(shape<VisitorThrottle>({ requestsPerSecond: number(1, 10_000), burst: integer(1, 5_000) })),
  logRetention: oneOf(...Object.values(RetentionDays).filter((days) => typeof days === 'number')),
});
