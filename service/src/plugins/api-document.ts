import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { sendResponse, toResponse } from '../http/cached-response';

/** Describes every route that is registered after it, at `/api/openapi.json`. Made once, from the schemas that validate. */
export async function describeApi(instance: FastifyInstance): Promise<void> {
  await instance.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Headroom reference service', version: '1', description: 'A catalogue with recommendations.' },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'session' },
          key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        },
      },
    },
  });
  let document: ReturnType<typeof toResponse> | undefined;
  instance.get('/api/openapi.json', { schema: { hide: true } }, async (request, reply) => {
    document ??= toResponse(instance.swagger(), ['openapi'], { browserSeconds: 300, cdnSeconds: 3600 });
    return sendResponse(request, reply, await document);
  });
}
