import { Duration } from 'aws-cdk-lib';
import type { Behaviour } from '../../../lib/constructs/edge/behaviour';
import type { ContentDeliveryProps } from '../../../lib/constructs/edge/content-delivery';
import { make, STANDBY } from './delivery-fixture';

describe('rows that cannot work', () => {
  const shared = (more: object): Behaviour[] => [
    { kind: 'shared-answers', path: '/x', queryParameters: [], maxTtl: Duration.hours(1), ...more },
    { kind: 'personal-answers', path: '/*' },
  ];
  const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

  test.each<[string, Partial<ContentDeliveryProps>, string]>([
    [
      'a behaviour names an unknown origin',
      { behaviours: shared({ region: 'mars-north-1' }), standbys: [STANDBY] },
      "`behaviours[0].region` must be a region with an origin (us-east-1, eu-west-1), got 'mars-north-1'",
    ],
    [
      'the header list is over the limit',
      { behaviours: shared({ keyHeaders: names(10) }) },
      '`behaviours[0].keyHeaders` must be at most 9 names besides x-headroom-variant, got 10',
    ],
    [
      'the parameter list is over the limit',
      { behaviours: shared({ queryParameters: names(11) }) },
      '`behaviours[0].queryParameters` must be at most 10 names, got 11',
    ],
    ['a name comes twice', { behaviours: shared({ queryParameters: ['a', 'a'] }) }, 'must not name anything twice'],
    [
      'a header would make every key different',
      { behaviours: shared({ keyHeaders: ['user-agent'] }) },
      "`behaviours[0].keyHeaders` must not name 'user-agent': CloudFront refuses it or no two viewers would share an answer",
    ],
    [
      'a header is in upper case',
      { behaviours: shared({ keyHeaders: ['Accept'] }) },
      "`behaviours[0].keyHeaders` must be in lower case, got 'Accept'",
    ],
    [
      'a path is a pattern that the functions do not know',
      { behaviours: shared({ path: '/x*' }) },
      "`behaviours[0].path` must be a path such as /api/items, or one with everything below it such as /api/items/*, got '/x*'",
    ],
    [
      'a row is never reached',
      {
        behaviours: [
          { kind: 'personal-answers', path: '/api/*' },
          { kind: 'personal-answers', path: '/api/me/*' },
          { kind: 'personal-answers', path: '/*' },
        ],
      },
      "`behaviours[1]` is never reached: '/api/*' before it takes every path of '/api/me/*'",
    ],
    [
      'what no row names would be cached',
      { behaviours: [{ kind: 'shared-answers', path: '/*', queryParameters: [], maxTtl: Duration.hours(1) }] },
      "the last of `behaviours` must be personal answers at '/*', got shared-answers at '/*'; what no row names is never cached",
    ],
    ['there is no row', { behaviours: [] }, "the last of `behaviours` must be personal answers at '/*', got no row"],
    [
      'a token is required and nobody says where it is',
      {
        behaviours: [
          { kind: 'personal-answers', path: '/me/*', tokenRequired: true },
          { kind: 'personal-answers', path: '/*' },
        ],
      },
      "`tokenCookie` must be given, because '/me/*' requires a token",
    ],
    [
      'the settings make a function too long',
      {
        behaviours: [
          ...Array.from(
            { length: 60 },
            (_, index): Behaviour => ({ kind: 'personal-answers', path: `/a-rather-long-path/${index}/*` }),
          ),
          { kind: 'personal-answers', path: '/*' },
        ],
      },
      "'dist/edge/viewer-request.js' must be at most 10240 bytes with its settings",
    ],
  ])('fails when %s', (_, props, message) => {
    expect(() => make(props)).toThrow(message);
  });

  test('fails when there are too many behaviours', () => {
    const rows = Array.from({ length: 75 }, (_, index): Behaviour => ({ kind: 'personal-answers', path: `/${index}` }));
    expect(() => make({ behaviours: [...rows, { kind: 'personal-answers', path: '/*' }] })).toThrow(
      '`behaviours` must be at most 75 rows, got 76',
    );
  });
});
