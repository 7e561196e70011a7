import { MetricsAggregator } from '../../runtime/telemetry';
import { readConfiguration } from './configuration';
import { createLogger } from './logging';
import { createService } from './service';

/** Enough to assemble the application: keys for nothing, and a data tier that is never asked. */
const NOWHERE = {
  HOST: '127.0.0.1',
  LOG_LEVEL: 'silent',
  SESSION_KEYS: 'describes the service and serves nobody',
  CACHE_KEYS: `k1=${Buffer.alloc(32, 1).toString('base64')}`,
  CACHE_NAMING_KEY: Buffer.alloc(32, 2).toString('base64'),
  DATABASE_HOST: '127.0.0.1',
  DATABASE_PORT: '1',
  DATABASE_TLS: 'off',
  CACHE_URL: 'redis://127.0.0.1:1',
  CACHE_CONNECT_MILLISECONDS: '1',
};

/** Writes the OpenAPI document of the service, which the build keeps for API Gateway to validate requests by. */
async function main(): Promise<void> {
  const configuration = readConfiguration(NOWHERE);
  const metrics = new MetricsAggregator({ namespace: configuration.metricsNamespace, write: () => {} });
  const { instance } = await createService(configuration, createLogger(configuration), metrics);
  const { body } = await instance.inject('/api/openapi.json');
  process.stdout.write(body, () => process.exit(0));
}

void main();
