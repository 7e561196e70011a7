import type { AwsServer } from '../../local/aws-server';

/** What a client in this process needs to talk to `server`, and to nobody else. */
export const clientOf = ({ url }: Pick<AwsServer, 'url'>) => ({
  endpoint: url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  maxAttempts: 1,
});
