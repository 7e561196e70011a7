/** JSON Schemas that several routes share. PostgreSQL keeps no NUL in text, so none is let in. */
const WITHOUT_NUL = '^[^\\u0000]*$';

/** Text of at most `maxLength` characters. */
export const text = (maxLength: number, minLength = 1) =>
  ({ type: 'string', minLength, maxLength, pattern: WITHOUT_NUL }) as const;

export const itemId = { type: 'integer', minimum: 1, maximum: 2_147_483_647 } as const;

export const uuid = { type: 'string', pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' } as const;

export const category = { type: 'string', minLength: 1, maxLength: 40, pattern: '^[a-z][a-z0-9-]*$' } as const;

/** Opaque to clients; made by the page before. */
export const cursor = { type: 'string', minLength: 1, maxLength: 500, pattern: '^[\\w.~=-]+$' } as const;

/** A page is no longer than what its `Cache-Tag` header can name: one tag per item and one for the listing. */
export const limit = { type: 'integer', minimum: 1, maximum: 49, default: 20 } as const;

/** An object with just these fields. */
export const object = <Properties extends object>(
  properties: Properties,
  required: readonly (keyof Properties & string)[] = [],
) => ({ type: 'object', additionalProperties: false, properties, required: [...required] }) as const;

export const item = object(
  {
    id: itemId,
    category,
    title: { type: 'string' },
    description: { type: 'string' },
    priceCents: { type: 'integer' },
    version: { type: 'integer' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
  ['id', 'category', 'title', 'description', 'priceCents', 'version', 'updatedAt'],
);

export const page = object(
  {
    items: { type: 'array', items: item },
    next: { ...cursor, description: 'cursor of the next page; absent on the last' },
  },
  ['items'],
);

/** Describes an answer in the OpenAPI document without making fastify serialise by it: see docs/decisions/0026. */
export const answers = (description: string, schema?: object) => ({
  '2xx': { description, ...(schema === undefined ? {} : { content: { 'application/json': { schema } } }) },
  '4xx': { description: 'what is wrong with the request, as application/problem+json' },
  '5xx': { description: 'the service cannot answer now, as application/problem+json' },
});
