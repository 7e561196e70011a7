import { type Configuration, readConfiguration } from '../../service/src/configuration';
import { InvalidEnvironmentError } from '../../service/src/environment';

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfiguration(environment);
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

test('an empty environment describes a process that can run', () => {
  expect(readConfiguration({})).toMatchObject({ host: '0.0.0.0', port: 8080, logLevel: 'info' });
});

test('the service keeps a connection longer than the load balancer (65 s), and the stop time-out covers the drain (30 s)', () => {
  const { keepAliveSeconds, stopTimeoutSeconds } = readConfiguration({});
  expect(keepAliveSeconds).toBeGreaterThan(65);
  expect(stopTimeoutSeconds).toBeGreaterThanOrEqual(30);
});

test('a variable is read in its own type, and an empty one counts as absent', () => {
  const configuration: Configuration = readConfiguration({ PORT: '0', DRAIN_DELAY_SECONDS: '0.5', LOG_LEVEL: '' });
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
