import { Duration } from 'aws-cdk-lib';
import type { Behaviour } from '../constructs/edge/behaviour';

/**
 * How the reference service's paths are answered, in every environment: what is cached must not differ between the place
 * where it is tested and the place where it is used.
 */
export const BEHAVIOURS: readonly Behaviour[] = [
  { kind: 'immutable-files', path: '/static/*' },
  { kind: 'entry-files', path: '/maintenance/*' },
  {
    kind: 'shared-answers',
    path: '/api/items',
    queryParameters: ['category', 'cursor', 'limit'],
    maxTtl: Duration.minutes(5),
  },
  // Editors change items at the path where everybody reads them.
  { kind: 'shared-answers', path: '/api/items/*', queryParameters: [], maxTtl: Duration.hours(1), writes: true },
  {
    kind: 'shared-answers',
    path: '/api/search',
    queryParameters: ['cursor', 'limit', 'q'],
    maxTtl: Duration.minutes(5),
  },
  { kind: 'function-answers', path: '/partner/*', api: 'partners' },
  { kind: 'function-answers', path: '/functions/*', api: 'visitors' },
  { kind: 'personal-answers', path: '/*' },
];
