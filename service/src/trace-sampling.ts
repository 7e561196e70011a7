interface Asked {
  readonly method: string;
  readonly url: string;
}

interface Rule {
  readonly fits: (request: Asked) => boolean;
  /** How much more often than on average. */
  readonly factor: number;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Which requests are traced how often; the first rule that fits counts. */
const RULES: readonly Rule[] = [
  { fits: ({ url }) => url.startsWith('/health'), factor: 0 },
  // Changes are rare, and what goes wrong with them is looked for longest.
  { fits: ({ method }) => !READS.has(method), factor: 4 },
];

/**
 * Whether a request is traced from its beginning. One that is not, and fails or is slow, is traced afterwards
 * (plugins/trace-requests.ts).
 *
 * @param percent of the requests that are traced, on average over those that read
 */
export function isSampled(request: Asked, percent: number, random: () => number = Math.random): boolean {
  const factor = RULES.find(({ fits }) => fits(request))?.factor ?? 1;
  return random() * 100 < percent * factor;
}
