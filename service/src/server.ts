import type { Logger } from 'pino';
import { MetricsAggregator, reportProcess, startTracing } from '../../runtime/telemetry';
import { type Configuration, readConfiguration } from './configuration';
import { InvalidEnvironmentError } from './environment';
import { stopGracefully } from './graceful-stop';
import { createLogger } from './logging';
import { createService, type Service } from './service';

/** Exit codes of the process: 1 when something broke, 2 when it was started with what cannot work. */
const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

async function main(): Promise<number> {
  const configuration = readConfiguration(process.env);
  const logger = createLogger(configuration);
  const metrics = new MetricsAggregator({ namespace: configuration.metricsNamespace });
  reportProcess(metrics);
  const tracing = configuration.traceEndpoint === '' ? undefined : startTracing({ serviceName: 'service' });
  const service = await createService(configuration, logger, metrics);
  // Before it listens, so that the load balancer finds a healthy task only when its memory is warm.
  logger.info({ keys: await service.fillMemory() }, 'memory filled');
  const stopped = stopOnSignal(service, configuration, logger);
  await service.instance.listen({
    host: configuration.host,
    port: configuration.port,
    listenTextResolver: (address) => `listening at ${address}`,
  });
  const code = await stopped;
  metrics.close();
  await tracing?.close();
  return code;
}

/** Resolves with the exit code once a signal has stopped the process; a second signal does not wait. */
function stopOnSignal(
  { instance, drainState }: Service,
  configuration: Configuration,
  logger: Logger,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const stop = (signal: NodeJS.Signals): void => {
      if (drainState.draining) process.exit(EXIT.failed);
      drainState.draining = true;
      logger.info({ signal, drainDelaySeconds: configuration.drainDelaySeconds }, 'stopping');
      stopGracefully(instance, configuration).then((result) => {
        logger[result === 'cut' ? 'warn' : 'info']({ result }, 'stopped');
        resolve(result === 'cut' ? EXIT.failed : EXIT.fine);
      }, reject);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}

/** Says what is wrong and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof InvalidEnvironmentError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof Error && 'code' in error && 'port' in error && error.code === 'EADDRINUSE') {
    const advice = 'stop the process that listens there or set PORT to a free one (0 picks one)';
    process.stderr.write(`PORT ${error.port} is already in use: ${advice}\n`);
    return EXIT.usage;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
}

// The process ends by itself only if nothing keeps it alive; a forgotten timer must not hold a task until SIGKILL.
main()
  .catch(report)
  .then(
    (code) => process.exit(code),
    () => process.exit(EXIT.failed),
  );
