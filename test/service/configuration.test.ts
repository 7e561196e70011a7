import { type Configuration, readConfiguration } from '../../service/src/configuration';
import { readers } from '../../service/src/data-configuration';
import { credentials } from '../../service/src/database-credentials';
import { InvalidEnvironmentError } from '../../service/src/environment';
import { readJobWorkerConfiguration } from '../../service/src/job-worker-configuration';
import { readMaintenanceConfiguration } from '../../service/src/maintenance-configuration';
import { readWebhookWorkerConfiguration } from '../../service/src/webhook-worker-configuration';
import { offlineEnvironment } from './rig/service-process';

/** What has no default. */
const { SESSION_KEYS, CACHE_KEYS, CACHE_NAMING_KEY, DATABASE_HOST, CACHE_URL } = offlineEnvironment;
const REQUIRED = { SESSION_KEYS, CACHE_KEYS, CACHE_NAMING_KEY, DATABASE_HOST, CACHE_URL };

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfiguration({ ...REQUIRED, ...environment });
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

test('what has no default is enough for a process that can run', () => {
  expect(readConfiguration(REQUIRED)).toMatchObject({ host: '0.0.0.0', port: 8080, logLevel: 'info' });
});

test('the service keeps a connection longer than the load balancer (65 s), and the stop time-out covers the drain (30 s)', () => {
  const { keepAliveSeconds, stopTimeoutSeconds } = readConfiguration(REQUIRED);
  expect(keepAliveSeconds).toBeGreaterThan(65);
  expect(stopTimeoutSeconds).toBeGreaterThanOrEqual(30);
});

test('a variable is read in its own type, and an empty one counts as absent', () => {
  const configuration: Configuration = readConfiguration({
    ...REQUIRED,
    PORT: '0',
    DRAIN_DELAY_SECONDS: '0.5',
    LOG_LEVEL: '',
  });
  expect(configuration).toMatchObject({ port: 0, drainDelaySeconds: 0.5, logLevel: 'info' });
});

test('fails when variables are wrong, and names every one of them', () => {
  expect(problemsOf({ PORT: '70000', LOG_LEVEL: 'loud', LOG_SAMPLE_PERCENT: ' ', BODY_LIMIT_BYTES: '1e9' })).toEqual([
    "PORT must be a whole number between 0 and 65535, got '70000'",
    "LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, got 'loud'",
    "LOG_SAMPLE_PERCENT must be a number between 0 and 100, got ' '",
    "BODY_LIMIT_BYTES must be a whole number between 1024 and 10485760, got '1e9'",
  ]);
});

test.each([
  ['workers for jobs', readJobWorkerConfiguration, { JOBS_QUEUE_URL: 'https://a', JOBS_DEAD_LETTER_URL: 'https://b' }],
  ['workers for webhooks', readWebhookWorkerConfiguration, { WEBHOOK_KEYS: CACHE_NAMING_KEY }],
  ['the upkeep of the schema', readMaintenanceConfiguration, {}],
])('%s know the same levels of the log', (_program, read, needed) => {
  const environment = { DATABASE_HOST, ...needed };
  expect(read(environment).logLevel).toBe('info');
  expect(() => read({ ...environment, LOG_LEVEL: 'loud' })).toThrow(
    "LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, got 'loud'",
  );
});

test.each([
  ['PORT', '80.5', 'a whole number between 0 and 65535'],
  ['PORT', '-1', 'a whole number between 0 and 65535'],
  ['PORT', 'NaN', 'a whole number between 0 and 65535'],
  ['DRAIN_DELAY_SECONDS', 'Infinity', 'a number between 0 and 60'],
])('fails when %s is %s', (variable, value, rule) => {
  expect(problemsOf({ [variable]: value })).toEqual([`${variable} must be ${rule}, got '${value}'`]);
});

test('fails when the slowest request would not fit into the stop time-out', () => {
  expect(problemsOf({ STOP_TIMEOUT_SECONDS: '15' })).toEqual([
    'STOP_TIMEOUT_SECONDS must be longer than DRAIN_DELAY_SECONDS + HANDLER_TIMEOUT_SECONDS = 15, got 15: the slowest ' +
      "request would be killed; raise it (and ECS' stopTimeout) or lower the others",
  ]);
});

test('fails when what is required is absent, and says what it must be', () => {
  expect(problemsOf({ DATABASE_HOST: '', SESSION_KEYS: undefined })).toEqual([
    'DATABASE_HOST is not set: it must be the host name of the database writer, or of the proxy in front of it',
    'SESSION_KEYS is not set: it must be one or more secrets of at least 32 characters, separated by commas; the first one signs',
  ]);
});

test('fails when secrets have the wrong shape, without showing them', () => {
  const secret = 'hunter2';
  const problems = problemsOf({
    SESSION_KEYS: secret,
    CACHE_KEYS: secret,
    CACHE_NAMING_KEY: secret,
    CACHE_URL: secret,
  });
  const hidden = '(its value is secret and not shown)';
  expect(problems).toEqual([
    `CACHE_URL must start with redis:// or rediss:// ${hidden}`,
    `SESSION_KEYS must be secrets of at least 32 characters each, separated by commas ${hidden}`,
    `CACHE_KEYS must be id=base64 of 32 bytes each, separated by commas ${hidden}`,
    `CACHE_NAMING_KEY must be the base64 of 32 bytes ${hidden}`,
  ]);
});

test.each([
  ['reader.example', { endpoint: { name: 'readers', host: 'reader.example', port: 5432 } }],
  ['reader.example:6432', { endpoint: { name: 'readers', host: 'reader.example', port: 6432 } }],
  [
    'r1=a:1,r2=b:2',
    [
      { name: 'r1', host: 'a', port: 1 },
      { name: 'r2', host: 'b', port: 2 },
    ],
  ],
  ['', undefined],
])('readers can be given as %p', (text, expected) => {
  expect(readers({ databaseReaders: text, databaseReaderUser: '' })).toEqual(expected);
});

test('fails when readers or IAM cannot work', () => {
  expect(problemsOf({ DATABASE_READERS: 'a b', DATABASE_AUTHENTICATION: 'iam', DATABASE_TLS: 'off' })).toEqual([
    "DATABASE_READERS must be 'host', 'host:port' or 'name=host:port,…', got 'a b'",
    'AWS_REGION must be set when DATABASE_AUTHENTICATION is iam: the token is made for one region',
    'DATABASE_TLS must be on when DATABASE_AUTHENTICATION is iam: RDS takes tokens over TLS only',
  ]);
});

test.each(['', 'one=10.0.0.1:5432,two=10.0.0.2:5432'])('fails when the reader user has no endpoint: %j', (readers) => {
  expect(problemsOf({ DATABASE_READERS: readers, DATABASE_READER_USER: 'app_ro' })).toEqual([
    'DATABASE_READER_USER needs one endpoint in DATABASE_READERS that only reads: a replica that is named may be ' +
      'promoted, and then it needs the user that writes',
  ]);
});

test('fails when the cache is to be logged in to with IAM and the rest is missing', () => {
  const needs = 'when CACHE_NAME is set: the service logs in with a token of IAM';
  expect(problemsOf({ CACHE_NAME: 'cache' })).toEqual([
    `CACHE_USER must be set ${needs}`,
    `AWS_REGION must be set ${needs}`,
    `CACHE_URL must start with rediss:// ${needs}, over TLS only`,
  ]);
});

test('a token for the database is signed for the endpoint and the user that it is used with', async () => {
  const iam = { DATABASE_AUTHENTICATION: 'iam', DATABASE_TLS: 'on', AWS_REGION: 'eu-west-1' };
  const { password } = credentials(readConfiguration({ ...REQUIRED, ...iam }));
  if (typeof password !== 'function') throw new Error('IAM gives no function');
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  const reader = { name: 'readers', host: 'reader.example', port: 6432 };
  expect(await password(reader)).toMatch(/^reader\.example:6432\/\?Action=connect&DBUser=app_rw&/);
  expect(await password({ ...reader, user: 'app_ro' })).toMatch(
    /^reader\.example:6432\/\?Action=connect&DBUser=app_ro&/,
  );
});
