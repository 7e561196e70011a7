import awsLambdaFastify from '@fastify/aws-lambda';
import { MetricsAggregator } from '../../runtime/telemetry';
import { readConfiguration } from '../../service/src/configuration';
import { createLogger } from '../../service/src/logging';
import { createService } from '../../service/src/service';
import { applicationRequest } from './gateway-event';
import { withSecrets } from './secret-variables';

/**
 * The reference service as a Lambda behind API Gateway (REST API, or HTTP API with payload format 2.0): the same
 * application as in the container, made at the cold start. A database or a cache that is away does not fail it.
 */
const application = start();

async function start() {
  const configuration = readConfiguration(await withSecrets(process.env, readSecret));
  const metrics = new MetricsAggregator({ namespace: configuration.metricsNamespace });
  const { instance, listening } = await createService(configuration, createLogger(configuration), metrics);
  // Otherwise no answer of a cold start could be kept by the CDN.
  await listening();
  const answer = awsLambdaFastify<unknown>(instance, {
    // Answers from the cache are compressed bytes already.
    enforceBase64: ({ headers }) => headers['content-encoding'] === 'gzip',
    callbackWaitsForEmptyEventLoop: false,
    // A comma in a value is a character, whatever stands in front of the application.
    parseCommaSeparatedQueryParams: false,
    // The request must not be able to hand the application a forged event.
    decorateRequest: false,
    serializeLambdaArguments: false,
  });
  return { answer, metrics };
}

/** Loaded only where there is a secret to read. */
async function readSecret(SecretId: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const { SecretString = '' } = await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId }));
  return SecretString;
}

type Proxy = Awaited<typeof application>['answer'];

export const handler = async (event: Parameters<typeof applicationRequest>[0], context: Parameters<Proxy>[1]) => {
  const { answer, metrics } = await application;
  try {
    return await answer(applicationRequest(event), context);
  } finally {
    // The execution environment may be frozen or gone after this: what was counted is written now.
    metrics.flush();
  }
};
