import { readFileSync } from 'node:fs';
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { InvalidAssemblyError } from './invalid-assembly-error';

/** A template as written: sections by name. */
export interface TemplateDefinition {
  readonly Resources: Readonly<Record<string, ResourceDefinition>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, OutputDefinition>>;
  readonly Parameters?: Readonly<Record<string, ParameterDefinition>>;
  readonly Mappings?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
}

export interface ResourceDefinition extends Readonly<Record<string, unknown>> {
  readonly Type: string;
}

export interface OutputDefinition {
  readonly Value: unknown;
  readonly Export?: { readonly Name?: unknown };
  readonly Condition?: string;
}

export interface ParameterDefinition {
  readonly Type?: string;
  readonly Default?: unknown;
}

const SECTIONS = ['Metadata', 'Outputs', 'Parameters', 'Mappings', 'Conditions'] as const;

/**
 * Reads one template, JSON or YAML, the latter with the short intrinsic forms (`!Ref`, `!GetAtt a.b`, …).
 *
 * @throws InvalidAssemblyError that lists every problem of the file
 */
export function readTemplate(file: string): TemplateDefinition {
  const template = parse(file, readFileSync(file, 'utf8'));
  if (!isRecord(template)) throw new InvalidAssemblyError(`${file} must hold a template, found ${kindOf(template)}`);
  const problems = problemsOf(template);
  if (problems.length > 0) {
    throw new InvalidAssemblyError(
      `${file} is not a CloudFormation template:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
  return template as unknown as TemplateDefinition;
}

/** Whether `value` is an object that is no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a JSON file, naming it when it is none. */
export function readJson(file: string): unknown {
  return parseJson(file, readFileSync(file, 'utf8'));
}

function parse(file: string, text: string): unknown {
  // JSON is YAML too, but its own parser is fifty times faster.
  if (text.trimStart().startsWith('{')) return parseJson(file, text);
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new InvalidAssemblyError(`${file} is not valid YAML: ${error.message}`);
  return plain(document.contents, document);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidAssemblyError(`${file} is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** A YAML node as plain data, with the short forms written out: `!Ref a` becomes `{ Ref: 'a' }`. */
function plain(node: unknown, document: Document): unknown {
  if (isAlias(node)) return plain(node.resolve(document), document);
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
  const value = isScalar(node) ? node.value : isSeq(node) ? listOf(node.items, document) : mapOf(node.items, document);
  return longForm(node, value);
}

function listOf(items: readonly unknown[], document: Document): unknown[] {
  return items.map((item) => plain(item, document));
}

function mapOf(items: readonly { key: unknown; value: unknown }[], document: Document): Record<string, unknown> {
  return Object.fromEntries(items.map(({ key, value }) => [String(plain(key, document)), plain(value, document)]));
}

function longForm(node: Node, value: unknown): unknown {
  const tag = node.tag;
  if (tag === undefined || !tag.startsWith('!') || tag.startsWith('!!')) return value;
  const name = tag.slice(1);
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  return { [`Fn::${name}`]: name === 'GetAtt' && typeof value === 'string' ? splitAttribute(value) : value };
}

/** `Resource.Attribute.Of.It` as the pair that `Fn::GetAtt` takes. */
export function splitAttribute(text: string): readonly [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

function problemsOf(template: Readonly<Record<string, unknown>>): string[] {
  const resources = template['Resources'];
  if (!isRecord(resources)) return [`\`Resources\` must be a map of resources, found ${kindOf(resources)}`];
  const untyped = Object.entries(resources).flatMap(([id, resource]) => {
    if (!isRecord(resource)) return [`\`Resources.${id}\` must be a map, found ${kindOf(resource)}`];
    const type = resource['Type'];
    return typeof type === 'string' ? [] : [`\`Resources.${id}.Type\` must be a text, found ${kindOf(type)}`];
  });
  const sections = SECTIONS.filter((name) => template[name] !== undefined && !isRecord(template[name]));
  return [...untyped, ...sections.map((name) => `\`${name}\` must be a map, found ${kindOf(template[name])}`)];
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
