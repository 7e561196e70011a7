import { createHash } from 'node:crypto';
import { type AwsAnswer, AwsError, type AwsRequest } from './aws-server';

/** S3 as a part of an AWS server: objects by `bucket/key`. */
export interface S3Service {
  readonly objects: Map<string, string>;
  answer(request: AwsRequest): AwsAnswer;
}

/** GetObject and PutObject with their conditions: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export function s3Service(): S3Service {
  const objects = new Map<string, string>();
  return {
    objects,
    answer: ({ method, path, headers, body }) => {
      const key = decodeURIComponent(path.slice(1).replace(/\?.*$/, ''));
      const known = objects.get(key);
      if (method === 'GET') {
        if (known === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
        return { headers: { etag: etagOf(known) }, body: known };
      }
      if (method !== 'PUT') throw new AwsError('MethodNotAllowed', `this server does not know ${method}`, 405);
      const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
      const refused =
        ifNoneMatch === undefined ? ifMatch !== undefined && ifMatch !== etagOf(known ?? '') : known !== undefined;
      if (refused) throw new AwsError('PreconditionFailed', 'At least one of the preconditions did not hold.', 412);
      objects.set(key, body);
      return { headers: { etag: etagOf(body) }, body: '' };
    },
  };
}

const etagOf = (body: string): string => `"${createHash('md5').update(body).digest('hex')}"`;
