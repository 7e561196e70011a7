import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { type Manifest, parseManifest } from '../../runtime/recovery';

const PREFIX = 'manifests/';

/** Where manifests are kept: a versioned bucket, replicated to the recovery region. */
export interface ManifestStore {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** Keys sort like the times they are of. */
const keyOf = (takenAt: string): string => `${PREFIX}${takenAt}.json`;

/** @returns the key */
export async function saveManifest({ s3, bucket }: ManifestStore, manifest: Manifest): Promise<string> {
  const Key = keyOf(manifest.takenAt);
  const Body = JSON.stringify(manifest);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'application/json' }));
  return Key;
}

/**
 * The newest manifest that was taken before `moment`; `undefined` when there is none.
 *
 * @throws InvalidManifestError when it is none that this release can read
 */
export async function manifestBefore({ s3, bucket }: ManifestStore, moment: Date): Promise<Manifest | undefined> {
  const limit = keyOf(moment.toISOString());
  let newest: string | undefined;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: PREFIX })) {
    newest = Contents.flatMap(({ Key = '' }) => (Key <= limit ? Key : [])).at(-1) ?? newest;
  }
  if (newest === undefined) return undefined;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: newest }));
  return parseManifest((await Body?.transformToString()) ?? '');
}
