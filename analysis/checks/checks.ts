import type { Check } from './check';
import { EDGE_CHECKS } from './edge';
import { OBSERVABILITY_CHECKS } from './observability';
import { publicEntries } from './public';
import { RECOVERY_CHECKS } from './recoverable';
import { mayHaveOwnKey, statefulResources } from './stateful';

/** What must hold for every platform that is built here, whatever its environment. */
export const CHECKS: readonly Check[] = [
  {
    id: 'nothing-public',
    severity: 'error',
    rule: 'nothing but the CDN is open to the internet',
    find: (assembly) =>
      publicEntries(assembly)
        .filter(({ resource }) => resource.type !== 'AWS::CloudFront::Distribution')
        .map(({ resource, how }) => ({
          resource,
          message: `${how}: reach it through the CDN instead and close it to the internet`,
        })),
  },
  {
    id: 'state-encrypted',
    severity: 'error',
    rule: 'everything stateful is encrypted at rest',
    find: (assembly) =>
      statefulResources(assembly)
        .filter(({ encryption }) => encryption === 'none')
        .map(({ resource }) => ({ resource, message: 'not encrypted at rest: give it a key' })),
  },
  {
    id: 'own-key',
    severity: 'error',
    rule: 'everything stateful is encrypted with a key of the platform, where AWS allows it',
    find: (assembly) =>
      statefulResources(assembly)
        .filter(({ encryption, resource }) => encryption === 'AWS key' && mayHaveOwnKey(assembly, resource))
        .map(({ resource }) => ({
          resource,
          message: 'encrypted with a key of AWS, which nobody here can audit or revoke: give it one of your own',
        })),
  },
  {
    id: 'state-kept',
    severity: 'error',
    rule: 'nothing stateful is deleted with its stack or by a replacement',
    find: (assembly) =>
      statefulResources(assembly)
        .filter(({ onDelete, onReplace }) => onDelete === 'delete' || onReplace === 'delete')
        .map(({ resource, onDelete, onReplace }) => ({
          resource,
          message:
            `deletion policy is ${onDelete} and update-replace policy is ${onReplace}: ` +
            'a stack or a change that goes wrong takes the data with it; retain or snapshot both',
        })),
  },
  {
    id: 'no-desired-count',
    severity: 'error',
    rule: 'no service states a desired count',
    find: (assembly) =>
      assembly
        .ofType('AWS::ECS::Service')
        .filter((service) => service.property('DesiredCount') !== undefined)
        .map((resource) => ({
          resource,
          message: 'states DesiredCount: each deployment would undo what scaling did; leave it out',
        })),
  },
  {
    id: 'no-reference-exporters',
    severity: 'error',
    rule: 'references across regions need no custom resource',
    find: (assembly) =>
      assembly
        .ofType('Custom::CrossRegionExportWriter', 'Custom::CrossRegionExportReader')
        .map((resource) => ({ resource, message: 'exports a value through a custom resource: use a weak reference' })),
  },
  {
    id: 'scaling-bounds',
    severity: 'error',
    rule: 'no scalable target has its minimum above its maximum',
    find: (assembly) =>
      assembly.ofType('AWS::ApplicationAutoScaling::ScalableTarget').flatMap((resource) => {
        const [min, max] = [resource.property('MinCapacity'), resource.property('MaxCapacity')];
        if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return [];
        return [{ resource, message: `MinCapacity ${min} is above MaxCapacity ${max}: nothing can be registered` }];
      }),
  },
  ...EDGE_CHECKS,
  ...OBSERVABILITY_CHECKS,
  ...RECOVERY_CHECKS,
];
