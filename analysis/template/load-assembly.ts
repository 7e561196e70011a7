import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { AssemblyModel, CrossStackReferences } from './assembly-model';
import { InvalidAssemblyError } from './invalid-assembly-error';
import type { Assembly } from './model';
import { isRecord, readJson, readTemplate } from './read-template';
import { type StackIdentity, StackModel } from './stack-model';

export interface LoadOptions {
  /**
   * Values of template parameters, by `<stack name>:<parameter>` or by the parameter's name alone.
   *
   * @default - parameters have their defaults, and those without one are unresolved
   */
  readonly parameters?: Readonly<Record<string, string | number>>;
  /**
   * Region of the stacks that do not state theirs.
   *
   * @default - unresolved
   */
  readonly region?: string;
  /**
   * Account of the stacks that do not state theirs.
   *
   * @default - unresolved
   */
  readonly account?: string;
  /**
   * Name of the stack that a bare template is for.
   *
   * @default - the name of the file
   */
  readonly stackName?: string;
}

/**
 * Loads a cloud assembly (`cdk.out`, with its stages and nested stacks) or one bare template file, JSON or YAML.
 * Nothing is looked up in an account. Properties are resolved on first use.
 *
 * @throws InvalidAssemblyError when `source` is neither, or a file in it is malformed
 */
export function loadAssembly(source: string, options: LoadOptions = {}): Assembly {
  if (!existsSync(source)) {
    throw new InvalidAssemblyError(`${source} does not exist: give a directory made by \`cdk synth\`, or a template`);
  }
  const loading: Loading = {
    given: new Map(Object.entries(options.parameters ?? {})),
    options,
    references: new CrossStackReferences(),
    stacks: [],
  };
  if (statSync(source).isDirectory()) loadDirectory(source, [], loading);
  else loadTemplate(source, loading);
  return new AssemblyModel(source, loading.stacks);
}

interface Loading {
  readonly given: ReadonlyMap<string, unknown>;
  readonly options: LoadOptions;
  readonly references: CrossStackReferences;
  readonly stacks: StackModel[];
}

interface Artifact {
  readonly id: string;
  readonly type: string;
  readonly displayName: string | undefined;
  readonly environment: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

function loadDirectory(directory: string, stages: readonly string[], loading: Loading): void {
  for (const artifact of artifactsOf(directory)) {
    if (artifact.type === 'aws:cloudformation:stack') loadStack(directory, stages, artifact, loading);
    if (artifact.type === 'cdk:cloud-assembly') {
      const name = stageName(artifact);
      loadDirectory(
        path.join(directory, requiredText(directory, artifact, 'directoryName')),
        [...stages, name],
        loading,
      );
    }
  }
}

function artifactsOf(directory: string): readonly Artifact[] {
  const file = path.join(directory, 'manifest.json');
  if (!existsSync(file)) {
    throw new InvalidAssemblyError(
      `${directory} is not a cloud assembly: it has no manifest.json; make one with \`cdk synth\``,
    );
  }
  const manifest = readJson(file);
  const artifacts = isRecord(manifest) ? manifest['artifacts'] : undefined;
  if (!isRecord(artifacts)) throw new InvalidAssemblyError(`${file} must have a map of \`artifacts\``);
  return Object.entries(artifacts).map(([id, artifact]) => {
    if (!isRecord(artifact)) throw new InvalidAssemblyError(`${file}: \`artifacts.${id}\` must be a map`);
    const properties = isRecord(artifact['properties']) ? artifact['properties'] : {};
    return {
      id,
      type: String(artifact['type']),
      displayName: text(artifact['displayName']) ?? text(properties['displayName']),
      environment: text(artifact['environment']),
      properties,
    };
  });
}

function loadStack(directory: string, stages: readonly string[], artifact: Artifact, loading: Loading): void {
  const { account, region } = environmentOf(artifact.environment, loading.options);
  const identity: StackIdentity = {
    name: text(artifact.properties['stackName']) ?? artifact.id,
    displayName: artifact.displayName ?? artifact.id,
    stages,
    region,
    account,
    file: path.join(directory, requiredText(directory, artifact, 'templateFile')),
  };
  addStack(identity, loading, new NestedTemplates(directory, artifact.id));
}

function loadTemplate(file: string, loading: Loading): void {
  const { region, account, stackName } = loading.options;
  const name = stackName ?? path.basename(file).replace(/(\.template)?\.(json|ya?ml)$/u, '');
  const identity = { name, displayName: name, stages: [], region, account, file };
  addStack(identity, loading, new NestedTemplates(path.dirname(file), name));
}

function addStack(
  identity: StackIdentity,
  loading: Loading,
  templates: NestedTemplates,
  nesting?: { readonly parent: StackModel; readonly logicalId: string },
): StackModel {
  const template = readTemplate(identity.file);
  const stack = new StackModel(identity, template, loading.references, loading.given, nesting);
  loading.stacks.push(stack);
  // Nested stacks cannot be named by others, so their outputs are reachable through their parent only.
  if (nesting === undefined) loading.references.add(stack);
  for (const [logicalId, definition] of Object.entries(template.Resources)) {
    const file = definition.Type === 'AWS::CloudFormation::Stack' ? templates.fileOf(definition) : undefined;
    if (file === undefined) continue;
    const inner = {
      ...identity,
      name: `${identity.name}/${logicalId}`,
      displayName: `${identity.displayName}/${logicalId}`,
      file,
    };
    stack.nested.set(logicalId, addStack(inner, loading, templates, { parent: stack, logicalId }));
  }
  return stack;
}

/** Finds the file of a nested stack: its `TemplateURL` holds the hash under which the asset manifest lists the file. */
class NestedTemplates {
  private readonly files: ReadonlyMap<string, string>;

  public constructor(
    private readonly directory: string,
    stackId: string,
  ) {
    const file = path.join(directory, `${stackId}.assets.json`);
    const manifest = existsSync(file) ? readJson(file) : {};
    const files = isRecord(manifest) && isRecord(manifest['files']) ? manifest['files'] : {};
    this.files = new Map(
      Object.entries(files).flatMap(([hash, asset]) => {
        const source = isRecord(asset) && isRecord(asset['source']) ? text(asset['source']['path']) : undefined;
        return source === undefined ? [] : [[hash, source]];
      }),
    );
  }

  public fileOf(definition: Readonly<Record<string, unknown>>): string | undefined {
    const metadata = isRecord(definition['Metadata']) ? definition['Metadata'] : {};
    const properties = isRecord(definition['Properties']) ? definition['Properties'] : {};
    const url = JSON.stringify(properties['TemplateURL'] ?? '');
    const local = text(properties['TemplateURL']);
    const source =
      text(metadata['aws:asset:path']) ??
      [...this.files].find(([hash]) => url.includes(hash))?.[1] ??
      // `aws cloudformation package` takes paths relative to the template.
      (local?.includes('://') === false ? local : undefined);
    const file = source === undefined ? undefined : path.join(this.directory, source);
    return file !== undefined && existsSync(file) ? file : undefined;
  }
}

function stageName(artifact: Artifact): string {
  return artifact.displayName?.split('/').at(-1) ?? artifact.id.replace(/^assembly-/u, '');
}

function requiredText(directory: string, artifact: Artifact, property: string): string {
  const value = text(artifact.properties[property]);
  if (value !== undefined) return value;
  const file = path.join(directory, 'manifest.json');
  throw new InvalidAssemblyError(`${file}: artifact ${artifact.id} must have \`properties.${property}\``);
}

/** `aws://123456789012/eu-west-1`, where either part may be `unknown-…`. */
function environmentOf(
  environment: string | undefined,
  options: LoadOptions,
): Pick<StackIdentity, 'account' | 'region'> {
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/u.exec(environment ?? '') ?? [];
  const known = (part: string | undefined): string | undefined => (part?.startsWith('unknown-') ? undefined : part);
  return { account: known(account) ?? options.account, region: known(region) ?? options.region };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
