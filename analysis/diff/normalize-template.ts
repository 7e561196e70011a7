export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where a difference says nothing about the infrastructure: what to look for, and what stands there instead. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-f0-9]{64}\b/g, '<asset>'],
  [/(?<=CurrentVersion[A-F0-9]{8})[a-f0-9]{32}/g, '<version>'],
  [/\b\d{12}\b/g, '<account>'],
];

/** Metadata that the CDK adds for its own tools. */
const TOOL_METADATA = /^aws:(cdk|asset):/;

/** What the CDK adds to each template to check its own bootstrap stack. */
const BOOTSTRAP = { Parameters: 'BootstrapVersion', Rules: 'CheckBootstrapVersion' } as const;

/**
 * A synthesized template as a reviewer wants it: keys sorted, without what the CDK adds for itself, and with asset
 * hashes, function versions and account numbers masked, so that two of them differ where the infrastructure does.
 */
export function normalizeTemplate(template: unknown): Json {
  const { Resources, ...rest } = template as JsonObject;
  const sections = Object.entries(rest).flatMap(([name, section]) => {
    const kept = isObject(section) ? without(section, BOOTSTRAP[name as keyof typeof BOOTSTRAP]) : section;
    return isObject(kept) && Object.keys(kept).length === 0 ? [] : [[name, kept] as const];
  });
  const resources = isObject(Resources) ? Object.entries(Resources) : [];
  const whole = {
    ...Object.fromEntries(sections),
    Resources: Object.fromEntries(
      resources
        .filter(([, resource]) => !isObject(resource) || resource['Type'] !== 'AWS::CDK::Metadata')
        .map(([id, resource]) => [id, isObject(resource) ? withoutToolMetadata(resource) : resource]),
    ),
  };
  return JSON.parse(maskHashes(JSON.stringify(sorted(whole)))) as Json;
}

function without(section: JsonObject, key: string | undefined): JsonObject {
  return Object.fromEntries(Object.entries(section).filter(([name]) => name !== key));
}

function withoutToolMetadata({ Metadata, ...resource }: JsonObject): JsonObject {
  const kept = Object.entries(isObject(Metadata) ? Metadata : {}).filter(([key]) => !TOOL_METADATA.test(key));
  return kept.length === 0 ? resource : { ...resource, Metadata: Object.fromEntries(kept) };
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort((a, b) => (a < b ? -1 : 1))
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}

/** `text` with asset hashes, function versions and account numbers masked, as in a normalized template. */
export function maskHashes(text: string): string {
  return MASKS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
