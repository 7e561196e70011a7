import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** An object as it was read; `version` names exactly what was read. */
export interface StoredObject {
  readonly body: string;
  readonly version: string;
}

/** Objects by key, such as the reports of a function and what it remembers from run to run. */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | undefined>;
  put(key: string, body: string): Promise<void>;
  /**
   * Writes over exactly what was read, or where nothing was: of two writers at once, one fails.
   *
   * @param expected version that was read; `undefined` when there was none
   */
  replace(key: string, body: string, expected: string | undefined): Promise<void>;
}

/** Objects of one bucket, under a prefix. */
export function bucketStore(s3: Pick<S3Client, 'send'>, bucket: string, prefix: string): ObjectStore {
  const put = async (
    key: string,
    body: string,
    condition: { IfMatch?: string; IfNoneMatch?: string },
  ): Promise<void> => {
    const ContentType = key.endsWith('.json') ? 'application/json' : 'text/markdown; charset=utf-8';
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/${key}`, Body: body, ContentType, ...condition }),
    );
  };
  return {
    get: async (key) => {
      try {
        const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}/${key}` }));
        return { body: (await Body?.transformToString()) ?? '', version: ETag };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    put: (key, body) => put(key, body, {}),
    replace: (key, body, expected) =>
      put(key, body, expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected }),
  };
}
