import { type ApiOrigin, apiProblems } from '../../../lib/constructs/edge/api-origins';
import type { Behaviour } from '../../../lib/constructs/edge/behaviour';

const partners: ApiOrigin = { hostName: 'api', prefix: '/partner', header: { name: 'x-origin-verify', value: 'v' } };
const row = (path: string): Behaviour => ({ kind: 'function-answers', path, api: 'partners' });

test('a row and its API belong together', () => {
  expect(apiProblems([row('/partner/*')], { partners })).toEqual([]);
});

test.each<[string, Behaviour[], Parameters<typeof apiProblems>[1], string]>([
  [
    'an API that is not there',
    [row('/partner/*')],
    {},
    "`behaviours[0].api` must be an API that there is, got 'partners'",
  ],
  [
    'another path than the API has',
    [row('/elsewhere/*')],
    { partners },
    "`behaviours[0].path` must be '/partner/*', where the API of partners is, got '/elsewhere/*'",
  ],
  [
    'an API without a row',
    [],
    { partners },
    '`behaviours` must have a row for the API of partners: without one nobody reaches it',
  ],
])('fails with %s', (_case, behaviours, apis, problem) => {
  expect(apiProblems(behaviours, apis)).toEqual([problem]);
});
