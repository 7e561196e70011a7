import awsLambdaFastify from '@fastify/aws-lambda';
import { MetricsAggregator } from '../../runtime/telemetry';
import { readConfiguration } from '../../service/src/configuration';
import { createLogger } from '../../service/src/logging';
import { createService } from '../../service/src/service';

/**
 * The reference service as a Lambda behind API Gateway (payload format 1.0 or 2.0): the same application as in the
 * container, made at the cold start. A database or a cache that is away does not fail the cold start.
 */
const configuration = readConfiguration(process.env);
const metrics = new MetricsAggregator({ namespace: configuration.metricsNamespace });
const service = createService(configuration, createLogger(configuration), metrics);
const proxy = service.then(({ instance }) =>
  awsLambdaFastify<unknown>(instance, {
    // Answers from the cache are compressed bytes already.
    enforceBase64: ({ headers }) => headers['content-encoding'] === 'gzip',
    callbackWaitsForEmptyEventLoop: false,
    // A comma in a value is a character, whatever stands in front of the application.
    parseCommaSeparatedQueryParams: false,
    // The request must not be able to hand the application a forged event.
    decorateRequest: false,
    serializeLambdaArguments: false,
  }),
);

export const handler = async (event: unknown, context: Parameters<Awaited<typeof proxy>>[1]) => {
  try {
    return await (await proxy)(event, context);
  } finally {
    // The execution environment may be frozen or gone after this: what was counted is written now.
    metrics.flush();
  }
};
