import type { Resource } from '../../analysis/template';

/** Types that are billed and that CloudFormation cannot tag. */
const UNTAGGABLE: ReadonlySet<string> = new Set([
  'AWS::CloudFront::Function',
  'AWS::CloudFront::KeyValueStore',
  'AWS::CloudFront::MonitoringSubscription',
  'AWS::CloudWatch::Dashboard',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  'AWS::Logs::MetricFilter',
  'AWS::RDS::DBProxyEndpoint',
]);
const REQUIRED = ['environment', 'cost-center'];

/** Whether `resource` carries the tags that its cost is told by, or cannot carry any. */
export function isTagged(resource: Resource): boolean {
  // The CDK makes the functions of its own custom resources without tags.
  const ofTheCdk = resource.logicalId.includes('CustomResourceProvider');
  if (ofTheCdk || UNTAGGABLE.has(resource.type)) return true;
  const text = JSON.stringify(resource.definition);
  return REQUIRED.every((tag) => text.includes(`"Key":"${tag}"`) || text.includes(`"${tag}":`));
}
