import { type Resource, referencesIn } from '../../template';
import { exactly, mapQuantity, type Quantity, times } from '../quantity';
import { type Charge, type Context, fixed, monthly, originRequests, perRequest, type Rule, type Subject } from './rule';

/** Invalidation paths per month that cost nothing: https://aws.amazon.com/cloudfront/pricing/. */
const FREE_INVALIDATION_PATHS = 1000;
/** Metrics that a distribution's additional monitoring adds, from the CloudFront developer guide. */
const MONITORING_METRICS = 8;
/** Managed rule groups with a subscription of their own, monthly and per request: https://aws.amazon.com/waf/pricing/. */
const PAID_RULE_GROUPS: Readonly<Record<string, string>> = {
  AWSManagedRulesAntiDDoSRuleSet: 'waf.antiddos',
  AWSManagedRulesBotControlRuleSet: 'waf.botcontrol',
  AWSManagedRulesATPRuleSet: 'waf.fraudcontrol',
  AWSManagedRulesACFPRuleSet: 'waf.fraudcontrol',
};

const viewerRequests = (subject: Subject, { traffic, assembly }: Context): number =>
  traffic.requests / Math.max(assembly.ofType(subject.type).length, 1);

export const EDGE_RULES: Readonly<Record<string, Rule>> = {
  'AWS::CloudFront::Distribution': {
    inputs: {
      requests: perRequest('requests', 'every request of the traffic', viewerRequests),
      responseGb: perRequest(
        'GB to viewers',
        'responses',
        (subject, context) => (viewerRequests(subject, context) * context.traffic.responseKb) / 1e6,
      ),
      uploadGb: perRequest('GB of request bodies to the origin', 'none to speak of', () => 0),
      invalidationPaths: fixed('invalidation paths', 'within the free ones', () => FREE_INVALIDATION_PATHS / 2),
    },
    charges: distribution,
  },
  'AWS::CloudFront::Function': {
    inputs: {
      invocations: perRequest('invocations', 'the requests of the behaviors it is attached to', functionInvocations),
    },
    charges: (fn) => [
      { meter: 'cloudfront.function', quantity: mapQuantity(fn.use('invocations'), (count) => count / 1e6) },
    ],
  },
  'AWS::CloudFront::KeyValueStore': {
    inputs: { reads: perRequest('reads by functions', 'no reads known', () => 0) },
    charges: (store) => {
      const reads = store.use('reads');
      // The functions that read it are billed by invocation; reads have a meter of their own only when they are known.
      return reads.high === 0
        ? 'storage is free and no reads were given'
        : [{ meter: 'cloudfront.kvs.read', quantity: mapQuantity(reads, (count) => count / 1e6) }];
    },
  },
  'AWS::CloudFront::MonitoringSubscription': {
    charges: () => [monthly('cw.metric', MONITORING_METRICS, 'additional metrics of the distribution')],
  },
  'AWS::CloudFront::RealtimeLogConfig': {
    inputs: {
      lines: perRequest(
        'log lines',
        'the sampled requests',
        (config, context) => (viewerRequests(config, context) * config.number('SamplingRate', 100)) / 100,
      ),
    },
    charges: (config) => [
      { meter: 'cloudfront.realtimelog', quantity: mapQuantity(config.use('lines'), (count) => count / 1e6) },
    ],
  },
  'AWS::WAFv2::WebACL': {
    inputs: {
      requests: perRequest('requests inspected', 'all at the edge, the passed ones in a region', (acl, context) =>
        acl.text('Scope') === 'CLOUDFRONT' ? context.traffic.requests : originRequests(context),
      ),
    },
    charges: webAcl,
  },
  'AWS::WAFv2::RuleGroup': {
    charges: (group) => [monthly('waf.rule', group.list('Rules').length, 'rules of the group')],
  },
  'AWS::Route53::HostedZone': {
    inputs: {
      queries: perRequest(
        'queries that are not to an alias',
        'a resolver asks once per hundred requests',
        (_, { traffic }) => traffic.requests / 100,
      ),
    },
    charges: (zone) => [
      monthly('route53.zone', 1, 'hosted zone'),
      { meter: 'route53.query', quantity: mapQuantity(zone.use('queries'), (count) => count / 1e6) },
    ],
  },
  'AWS::Route53::HealthCheck': { charges: healthCheck },
};

function distribution(subject: Subject, context: Context): readonly Charge[] {
  const requests = mapQuantity(subject.use('requests'), (count) => count / 10_000);
  const responses = subject.use('responseGb');
  const uploads = subject.use('uploadGb');
  const paths = mapQuantity(subject.use('invalidationPaths'), (count) => Math.max(count - FREE_INVALIDATION_PATHS, 0));
  const viewers = [
    { zone: 'us', share: 1 - context.traffic.europeShare },
    { zone: 'eu', share: context.traffic.europeShare },
  ].filter(({ share }) => share > 0);
  const delivery = viewers.flatMap(({ zone, share }) => [
    { meter: `cloudfront.req.https.${zone}`, quantity: times(requests, share) },
    { meter: `cloudfront.gb.${zone}`, quantity: times(responses, share) },
  ]);
  const extras: Charge[] = [
    { meter: 'cloudfront.origin.gb', quantity: uploads },
    { meter: 'cloudfront.invalidation', quantity: paths },
  ];
  return [...delivery, ...extras.filter(({ quantity }) => quantity.high > 0)];
}

/** Each behavior that names the function calls it once per request; the default behavior takes the requests. */
function functionInvocations(fn: Subject, context: Context): number {
  return fn.namedBy('AWS::CloudFront::Distribution').reduce((sum, found) => {
    const requests = viewerRequests(context.subject(found), context);
    const byDefault = associations(found, fn.resource, 'DefaultCacheBehavior');
    return (
      sum + requests * (byDefault > 0 ? byDefault : associations(found, fn.resource, 'CacheBehaviors') > 0 ? 0.5 : 0)
    );
  }, 0);
}

function associations(found: Resource, fn: Resource, behavior: string): number {
  const config = found.property('DistributionConfig', behavior);
  return config === undefined ? 0 : referencesIn(config).filter(({ reference }) => reference.resource === fn).length;
}

function webAcl(acl: Subject): readonly Charge[] {
  const rules = acl.list('Rules');
  const requests = mapQuantity(acl.use('requests'), (count) => count / 1e6);
  const paid = rules.flatMap((_, index) => {
    const group = acl.value(`Rules.${index}.Statement.ManagedRuleGroupStatement.Name`);
    const meter = typeof group === 'string' ? PAID_RULE_GROUPS[group] : undefined;
    return meter === undefined
      ? []
      : [monthly(meter, 1, 'managed rule group'), { meter: `${meter}.request`, quantity: requests }];
  });
  return [
    monthly('waf.acl', 1, 'web ACL'),
    monthly('waf.rule', rules.length, 'rules and rule groups'),
    { meter: 'waf.request', quantity: requests },
    ...paid,
  ];
}

/** HTTPS, string matching, latency graphs and the ten-second interval are billed one by one. */
function healthCheck(check: Subject): readonly Charge[] {
  const type = check.text('HealthCheckConfig.Type');
  if (type === 'CALCULATED' || type === 'RECOVERY_CONTROL')
    return [monthly('route53.healthcheck.aws', 1, 'health check')];
  const options = [
    type.startsWith('HTTPS'),
    type.endsWith('STR_MATCH'),
    check.flag('HealthCheckConfig.MeasureLatency'),
    check.number('HealthCheckConfig.RequestInterval', 30) === 10,
  ].filter(Boolean).length;
  const where = type === 'CLOUDWATCH_METRIC' || isAwsEndpoint(check) ? 'aws' : 'nonaws';
  const quantity: Quantity = exactly(options, 'options: HTTPS, string match, latency, fast interval');
  const charges: Charge[] = [monthly(`route53.healthcheck.${where}`, 1, 'health check')];
  return options > 0 ? [...charges, { meter: `route53.healthcheck.option.${where}`, quantity }] : charges;
}

function isAwsEndpoint(check: Subject): boolean {
  const name = check.value('HealthCheckConfig.FullyQualifiedDomainName');
  if (typeof name === 'string') return /\.(amazonaws\.com|cloudfront\.net|awsglobalaccelerator\.com)$/u.test(name);
  return name !== undefined && referencesIn(name).length > 0;
}
