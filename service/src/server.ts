import type { Logger } from 'pino';
import { MetricsAggregator, reportProcess, startTracing } from '../../runtime/telemetry';
import { type Configuration, readConfiguration } from './configuration';
import { stopGracefully } from './graceful-stop';
import { createLogger } from './logging';
import { EXIT, runProgram } from './run-program';
import { createService, type Service } from './service';

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

runProgram(main);
