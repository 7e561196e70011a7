/**
 * What the edge of a synthesized platform would do, asked of its templates.
 *
 * ```ts
 * const [resource] = assembly.ofType('AWS::CloudFront::Distribution');
 * const distribution = readDistribution(resource, new Map([['routing', '{"region":"eu-west-1"}']]));
 * evaluateRequest(distribution, { url: '/api/items?utm_source=mail' }); // behaviour, cache key, origin, …
 *
 * const [acl] = assembly.ofType('AWS::WAFv2::WebACL');
 * replayWebAcl(acl, readAccessLog(text)); // who would be limited, by which rule, when
 * ```
 */
export { type LoggedRequest, readAccessLog } from './access-log';
export {
  type Distribution,
  readDistribution,
} from './distribution';
export { evaluateRequest } from './evaluate-request';
export { sharedIdentities } from './shared-identities';
export { timeToLive } from './time-to-live';
export { replayWebAcl, type Verdict } from './web-acl-replay';
