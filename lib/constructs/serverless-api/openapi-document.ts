import { readFileSync } from 'node:fs';

/** A parameter of an operation, as far as API Gateway checks it. */
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
}

/** JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

/** One method of one path. */
export interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** The part of an OpenAPI document that requests are validated by. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Reads the document that the build made from the service's own schemas. */
export function readOpenApiDocument(file = 'dist/openapi/document.json'): OpenApiDocument {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What the document says about a method of a path such as `/api/items/{id}`. */
export function operationOf(document: OpenApiDocument, method: string, path: string): Operation | undefined {
  return document.paths[path]?.[method.toLowerCase()];
}
