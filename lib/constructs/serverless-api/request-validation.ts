import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { Operation, Schema } from './openapi-document';

/** Which parameters must be there; API Gateway checks no more of them than that. */
export function requiredParameters({ parameters = [] }: Operation): Record<string, boolean> {
  const places = { path: 'path', query: 'querystring', header: 'header' } as const;
  return Object.fromEntries(
    parameters.flatMap(({ name, in: place, required = false }) =>
      place === 'cookie' ? [] : [[`method.request.${places[place]}.${name}`, required] as const],
    ),
  );
}

/** What the body must look like, or nothing for a method without one. */
export function modelSchema({ requestBody }: Operation): apigateway.JsonSchema | undefined {
  const schema = requestBody?.content['application/json']?.schema;
  return schema && { schema: apigateway.JsonSchemaVersion.DRAFT4, ...supported(schema) };
}

/** What API Gateway has no use for: https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html */
const LEFT_OUT = new Set(['default', 'examples', 'description']);

function supported(schema: Schema): Schema {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => !LEFT_OUT.has(keyword))
      .map(([keyword, value]) => [keyword, nested(keyword, value)]),
  );
}

function nested(keyword: string, value: unknown): unknown {
  if (!isSchema(value)) return value;
  if (keyword === 'items') return supported(value);
  if (keyword !== 'properties') return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, isSchema(of) ? supported(of) : of]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
