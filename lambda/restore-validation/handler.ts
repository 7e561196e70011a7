import { S3Client } from '@aws-sdk/client-s3';
import { listOf, requireEnv } from '../shared/env';
import { type RestoredDatabase, validateRestore } from './validate-restore';

const store = { s3: new S3Client(), bucket: requireEnv('MANIFEST_BUCKET') };
const disposable = listOf('DISPOSABLE_TABLES');

/** Called by the state machine of a restore test, which reports the result. */
export const handler = (restored: RestoredDatabase) =>
  validateRestore(restored, { environment: process.env, store, disposable, now: () => new Date() });
