import { secondsInRange } from '../../shared/validation';
import { type Behaviour, covers, EVERYTHING_ELSE, isApplication } from './behaviour';

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const MAX_BEHAVIOURS = 75;
const MAX_NAMES_IN_POLICY = 10;
const PATH = /^\/[A-Za-z0-9_\-.$~'@:+/]*\*?$/;
/** Headers that a cache key cannot have or that make it useless: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html */
const REFUSED_KEY_HEADERS = ['accept-encoding', 'connection', 'cookie', 'host', 'user-agent', 'x-forwarded-for'];

/**
 * Problems with the rows of a distribution.
 *
 * @param regions regions that have an application origin
 * @param reservedHeaders headers that the platform puts into every shared cache key itself
 */
export function behaviourProblems(
  behaviours: readonly Behaviour[],
  regions: readonly string[],
  reservedHeaders: readonly string[],
): string[] {
  return [
    ...(behaviours.length <= MAX_BEHAVIOURS
      ? []
      : [`\`behaviours\` must be at most ${MAX_BEHAVIOURS} rows, got ${behaviours.length}`]),
    ...orderProblems(behaviours),
    ...behaviours.flatMap((behaviour, index) =>
      rowProblems(behaviour, `behaviours[${index}]`, regions, reservedHeaders),
    ),
  ];
}

function orderProblems(behaviours: readonly Behaviour[]): string[] {
  const last = behaviours.at(-1);
  return [
    ...(last !== undefined && last.path === EVERYTHING_ELSE && last.kind === 'personal-answers'
      ? []
      : [
          `the last of \`behaviours\` must be personal answers at '${EVERYTHING_ELSE}', got ` +
            `${last === undefined ? 'no row' : `${last.kind} at '${last.path}'`}; what no row names is never cached`,
        ]),
    ...behaviours.flatMap((behaviour, index) => {
      const before = behaviours.slice(0, index).find((earlier) => covers(earlier.path, behaviour.path));
      return before === undefined
        ? []
        : [
            `\`behaviours[${index}]\` is never reached: '${before.path}' before it takes every path of '${behaviour.path}'`,
          ];
    }),
  ];
}

function rowProblems(
  behaviour: Behaviour,
  name: string,
  regions: readonly string[],
  reservedHeaders: readonly string[],
): string[] {
  return [
    ...(PATH.test(behaviour.path) && (!behaviour.path.endsWith('*') || behaviour.path.endsWith('/*'))
      ? []
      : [
          `\`${name}.path\` must be a path such as /api/items, or one with everything below it such as /api/items/*, got '${behaviour.path}'`,
        ]),
    ...(isApplication(behaviour) && behaviour.region !== undefined && !regions.includes(behaviour.region)
      ? [`\`${name}.region\` must be a region with an origin (${regions.join(', ')}), got '${behaviour.region}'`]
      : []),
    ...(behaviour.kind === 'shared-answers'
      ? [
          ...listProblems(`${name}.queryParameters`, behaviour.queryParameters, []),
          ...listProblems(`${name}.keyHeaders`, behaviour.keyHeaders ?? [], reservedHeaders),
          ...headerProblems(`${name}.keyHeaders`, behaviour.keyHeaders ?? []),
          ...secondsInRange(`${name}.maxTtl`, behaviour.maxTtl, 1, 31_536_000),
        ]
      : []),
  ];
}

function listProblems(name: string, list: readonly string[], reserved: readonly string[]): string[] {
  const most = MAX_NAMES_IN_POLICY - reserved.length;
  const besides = reserved.length === 0 ? '' : ` besides ${reserved.join(', ')}`;
  return [
    ...(list.length <= most ? [] : [`\`${name}\` must be at most ${most} names${besides}, got ${list.length}`]),
    ...(new Set(list).size === list.length ? [] : [`\`${name}\` must not name anything twice`]),
  ];
}

function headerProblems(name: string, headers: readonly string[]): string[] {
  return headers
    .filter((header) => header !== header.toLowerCase() || REFUSED_KEY_HEADERS.includes(header))
    .map((header) =>
      header === header.toLowerCase()
        ? `\`${name}\` must not name '${header}': CloudFront refuses it or no two viewers would share an answer`
        : `\`${name}\` must be in lower case, got '${header}'`,
    );
}
