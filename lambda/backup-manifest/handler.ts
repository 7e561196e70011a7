import { S3Client } from '@aws-sdk/client-s3';
import { listOf, requireEnv } from '../shared/env';
import { writeManifest } from './write-manifest';

const store = { s3: new S3Client(), bucket: requireEnv('MANIFEST_BUCKET') };

/** Runs before the backups of the day. */
export const handler = () => writeManifest(process.env, store, listOf('SEALED_TABLES'));
