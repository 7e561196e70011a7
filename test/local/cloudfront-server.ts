import { type AwsAnswer, type AwsRequest, type AwsServer, startAwsServer } from './aws-server';

/** An invalidation that the distribution has taken. */
export interface TakenInvalidation {
  readonly id: string;
  readonly reference: string;
  readonly items: readonly string[];
  readonly takenAt: number;
}

/** One CloudFront distribution that speaks the real wire protocol on loopback, as far as invalidations go. */
export interface CloudFrontServer extends AwsServer {
  /** Distinct invalidations, oldest first. */
  readonly invalidations: readonly TakenInvalidation[];
  /** `CreateInvalidation` calls so far, refused and repeated ones included. */
  readonly creations: number;
  /** Refuses the next `times` creations the way CloudFront does. */
  refuse(code: string, status: number, times?: number): void;
  /** Takes the next creation, and lets the connection drop before the answer. */
  loseAnswer(): void;
  /** What the edges do when an invalidation is taken; nothing unless a test sets it. */
  onPurge: (items: readonly string[]) => void;
  /** How long an invalidation is in progress, in milliseconds. */
  completeAfterMs: number;
}

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html
const MAX_IN_PROGRESS = 3_000;
const MAX_WILDCARDS_IN_PROGRESS = 15;
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-tags.html */
const ITEM = /^#[!-+\--~]{1,256}$|^\/[!-~]*$/;

const xml = (status: number, body: string): AwsAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<?xml version="1.0"?>${body}`,
});
const refusal = (status: number, code: string): AwsAnswer =>
  xml(
    status,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
  );
const all = (body: string, tag: string): string[] =>
  [...body.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, 'g'))].map(([, text = '']) => unescaped(text));
const unescaped = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

/** Starts the distribution `E1`. */
export async function startCloudFrontServer(): Promise<CloudFrontServer> {
  const taken: TakenInvalidation[] = [];
  const refusals: AwsAnswer[] = [];
  let [creations, lost] = [0, 0];
  const inProgress = (): TakenInvalidation[] =>
    taken.filter(({ takenAt }) => Date.now() - takenAt < cloudFront.completeAfterMs);
  const describe = ({ id, reference, items, takenAt }: TakenInvalidation): string => {
    const status = Date.now() - takenAt < cloudFront.completeAfterMs ? 'InProgress' : 'Completed';
    return `<Invalidation><Id>${id}</Id><Status>${status}</Status><CreateTime>${new Date(takenAt).toISOString()}</CreateTime>
      <InvalidationBatch><CallerReference>${reference}</CallerReference><Paths><Quantity>${items.length}</Quantity></Paths>
      </InvalidationBatch></Invalidation>`;
  };
  const create = ({ body }: AwsRequest): AwsAnswer => {
    creations++;
    const refused = refusals.shift();
    if (refused !== undefined) return refused;
    const items = all(body, 'Path');
    const [reference = ''] = all(body, 'CallerReference');
    if (items.length === 0 || Number(all(body, 'Quantity')[0]) !== items.length) {
      return refusal(400, 'InconsistentQuantities');
    }
    if (items.some((item) => !ITEM.test(item))) return refusal(400, 'InvalidArgument');
    const before = taken.find((one) => one.reference === reference);
    if (before !== undefined) {
      return before.items.join() === items.join()
        ? xml(201, describe(before))
        : refusal(400, 'InvalidationBatchAlreadyExists');
    }
    const running = [...inProgress().flatMap((one) => one.items), ...items];
    const wildcards = running.filter((item) => item.endsWith('*')).length;
    if (running.length - wildcards > MAX_IN_PROGRESS || wildcards > MAX_WILDCARDS_IN_PROGRESS) {
      return refusal(400, 'TooManyInvalidationsInProgress');
    }
    const invalidation = { id: `I${taken.length + 1}`, reference, items, takenAt: Date.now() };
    taken.push(invalidation);
    cloudFront.onPurge(items);
    return lost-- > 0 ? { status: 502, body: '' } : xml(201, describe(invalidation));
  };
  const server = await startAwsServer((request) => {
    const [, distribution, id] =
      /^\/2020-05-31\/distribution\/(\w+)\/invalidation(?:\/(\w+))?/.exec(request.path) ?? [];
    if (distribution !== 'E1') return refusal(404, 'NoSuchDistribution');
    if (request.method === 'POST') return create(request);
    const found = taken.find((one) => one.id === id);
    return found === undefined ? refusal(404, 'NoSuchInvalidation') : xml(200, describe(found));
  });
  const cloudFront: CloudFrontServer = {
    ...server,
    invalidations: taken,
    get creations() {
      return creations;
    },
    refuse: (code, status, times = 1) => {
      for (let time = 0; time < times; time++) refusals.push(refusal(status, code));
    },
    loseAnswer: () => {
      lost = 1;
    },
    onPurge: () => {},
    completeAfterMs: 0,
  };
  return cloudFront;
}
