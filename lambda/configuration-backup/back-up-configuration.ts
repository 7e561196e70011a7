import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** One thing that somebody configured, as it is now. */
export interface ConfigurationItem {
  /** Unique in its export. */
  readonly name: string;
  readonly content: unknown;
}

/** One kind of configuration. */
export interface ConfigurationExport {
  readonly name: string;
  items(): AsyncIterable<ConfigurationItem>;
}

export interface ConfigurationBucket {
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
}

/**
 * Writes every item as a JSON object of its own, and returns how many there were of each kind. The bucket keeps what
 * was there before as older versions.
 *
 * @throws AggregateError when an export failed, after all others were written
 */
export async function backUpConfiguration(
  exports: readonly ConfigurationExport[],
  { s3, bucket }: ConfigurationBucket,
): Promise<Readonly<Record<string, number>>> {
  const failures: Error[] = [];
  const written: Record<string, number> = {};
  for (const { name, items } of exports) {
    written[name] = 0;
    try {
      for await (const item of items()) {
        await s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: `configuration/${name}/${encodeURIComponent(item.name)}.json`,
            Body: `${JSON.stringify(item.content, undefined, 2)}\n`,
            ContentType: 'application/json',
          }),
        );
        written[name] += 1;
      }
    } catch (cause) {
      failures.push(new Error(`export of ${name} ended after ${written[name]} items`, { cause }));
    }
  }
  if (failures.length === 0) return written;
  throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
}
