import { get } from 'node:http';

/**
 * The health check of the container: exit code 0 when the process answers `/health/live`, 1 otherwise. It is a program
 * of its own because the image has neither a shell nor curl.
 */
const TIMEOUT_MILLISECONDS = 2000;

const request = get(
  { host: '127.0.0.1', port: process.env['PORT'] ?? 8080, path: '/health/live', timeout: TIMEOUT_MILLISECONDS },
  (response) => process.exit(response.statusCode === 200 ? 0 : 1),
);
request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MILLISECONDS} ms`)));
request.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
