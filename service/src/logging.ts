import pino, { type DestinationStream, type Logger } from 'pino';
import type { LoggingConfiguration } from './logging-configuration';

/** What of an error goes to the log. A database error also carries `detail` and `where`, which quote the user's data. */
function describeError(error: Error): Record<string, unknown> {
  const { name, message, stack } = error;
  const code: unknown = 'code' in error ? error.code : undefined;
  const cause = error.cause instanceof Error ? describeError(error.cause) : undefined;
  return { name, message, stack, ...(code === undefined ? {} : { code }), ...(cause === undefined ? {} : { cause }) };
}

/**
 * The structured log of the process: one JSON object per line on standard output, level by name, times in ISO 8601.
 * No request header, cookie, body or query string is ever handed to it.
 */
export function createLogger(
  configuration: LoggingConfiguration,
  destination: DestinationStream = pino.destination({ dest: 1, sync: true }),
): Logger {
  return pino(
    {
      level: configuration.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: describeError },
    },
    destination,
  );
}

/** At most one line per `everyMs` for something that happens again and again; the next line says how many were left out. */
export function atMostEvery<Arg>(everyMs: number, log: (arg: Arg, leftOut: number) => void): (arg: Arg) => void {
  let last = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (arg) => {
    const now = performance.now();
    if (now - last < everyMs) {
      leftOut += 1;
      return;
    }
    log(arg, leftOut);
    last = now;
    leftOut = 0;
  };
}
