import { Duration } from 'aws-cdk-lib';
import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import type { Behaviour } from '../../constructs/edge/behaviour';
import type { ManagedGroup } from '../../constructs/edge/managed-groups';
import type { RateLimit } from '../../constructs/edge/rate-limit';
import type { PathLimit, Tier } from '../../constructs/edge/web-acl-rules';
import type { WebAclSettings } from '../../constructs/edge/web-acl-settings';
import {
  boolean,
  type Check,
  duration,
  integer,
  list,
  noneOr,
  oneOf,
  optional,
  type Shape,
  shape,
  text,
  variant,
} from '../checks';
import type { DomainConfig, EdgeConfig } from '../edge-config';
import { region } from './values';

type Row<K> = Extract<Behaviour, { kind: K }>;

const hostName = text(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name such as www.example.com');
const path = text(/^\//, 'a path such as /items/*');
const names = list(text(/^\S+$/, 'a name without spaces'), 0, 10);
const addresses = list(text(/^[0-9a-f.:]+\/\d+$/, 'an address range such as 203.0.113.0/24'), 0, 10_000);

const rateLimit = shape<RateLimit>({
  requests: integer(10, 2_000_000_000),
  window: duration(Duration.seconds(60), Duration.seconds(600)),
});
const mode: Check = oneOf('enforce', 'count', 'off');

const behaviour = variant({
  'immutable-files': shape<Row<'immutable-files'>>({ kind: oneOf('immutable-files'), path }),
  'entry-files': shape<Row<'entry-files'>>({ kind: oneOf('entry-files'), path }),
  'shared-answers': shape<Row<'shared-answers'>>({
    kind: oneOf('shared-answers'),
    path,
    queryParameters: names,
    maxTtl: duration(Duration.seconds(1), Duration.days(365)),
    keyHeaders: optional(names),
    writes: optional(boolean),
    region: optional(region),
  }),
  'personal-answers': shape<Row<'personal-answers'>>({
    kind: oneOf('personal-answers'),
    path,
    tokenRequired: optional(boolean),
    region: optional(region),
  }),
  'function-answers': shape<Row<'function-answers'>>({
    kind: oneOf('function-answers'),
    path,
    api: oneOf('partners', 'visitors'),
  }),
} satisfies Record<Behaviour['kind'], Check>);

const webAcl = shape<WebAclSettings>({
  allowedAddresses: addresses,
  deniedAddresses: addresses,
  managedGroups: shape<Record<ManagedGroup, unknown>>({
    'anti-ddos': mode,
    'ip-reputation': mode,
    'known-bad-inputs': mode,
    common: mode,
    'sql-injection': mode,
    'anonymous-ip': mode,
  }),
  tiers: shape<Record<Tier, unknown>>({
    anonymous: rateLimit,
    free: rateLimit,
    standard: rateLimit,
    premium: rateLimit,
  }),
  pathLimits: list(
    shape<PathLimit>({
      name: text(/^[A-Za-z0-9-]+$/, 'a name of letters, digits and dashes'),
      path,
      limit: rateLimit,
      action: oneOf('captcha', 'challenge', 'limit'),
    }),
    0,
    20,
  ),
  addressCeiling: rateLimit,
});

const domain = shape<DomainConfig>({
  names: list(hostName, 1, 10),
  certificateArn: text(
    /^(from-zone|arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+)$/,
    "the ARN of a certificate, or 'from-zone'",
  ),
  zone: noneOr(
    shape<Exclude<DomainConfig['zone'], 'none'>>({
      id: text(/^Z[A-Z0-9]+$/, 'a zone id such as Z0123456789ABC'),
      name: hostName,
    }),
  ),
});

/** What every field of the edge must look like by itself. */
export const EDGE_SHAPE = {
  domain: noneOr(domain),
  originTlsName: noneOr(hostName),
  originPrefixList: text(/^pl-[0-9a-f]{8,17}$/, 'a prefix list such as pl-3b927c52'),
  behaviours: list(behaviour, 1, 75),
  webAcl,
  logRetention: duration(Duration.days(1), Duration.days(3653)),
  priceClass: oneOf(...Object.values(PriceClass)),
  originShield: boolean,
  additionalMetrics: boolean,
} satisfies Shape<EdgeConfig>;
