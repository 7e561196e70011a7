import { evaluate, NO_VALUE, type Resolved, resolve, type Scope } from './intrinsics';
import { type Resource, type Stack, Unresolved, type Value } from './model';
import { isRecord, type ParameterDefinition, type TemplateDefinition } from './read-template';
import { ResourceModel } from './resource-model';

/** What a stack needs from the assembly around it. */
export interface Surroundings {
  imported(name: string, from: StackModel): Value;
  stackOutput(stackName: string, region: string | undefined, outputName: string): Value;
}

export interface StackIdentity {
  readonly name: string;
  readonly displayName: string;
  readonly stages: readonly string[];
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly file: string;
}

/** Resolves the properties of one stack, on demand and once. */
export class StackModel implements Stack, Scope {
  public readonly name: string;
  public readonly displayName: string;
  public readonly stages: readonly string[];
  public readonly region: string | undefined;
  public readonly account: string | undefined;
  public readonly file: string;
  public readonly resources: readonly Resource[];
  /** Nested stacks by the logical id of their `AWS::CloudFormation::Stack`. */
  public readonly nested = new Map<string, StackModel>();
  private readonly byLogicalId: ReadonlyMap<string, ResourceModel>;
  private readonly conditions = new Map<string, boolean | Unresolved>();
  private readonly outputs = new Map<string, Value | undefined>();

  public constructor(
    identity: StackIdentity,
    private readonly template: TemplateDefinition,
    private readonly surroundings: Surroundings,
    private readonly given: ReadonlyMap<string, unknown>,
    /** The stack that nests this one and the resource there that does. */
    private readonly nesting?: { readonly parent: StackModel; readonly logicalId: string },
  ) {
    this.name = identity.name;
    this.displayName = identity.displayName;
    this.stages = identity.stages;
    this.region = identity.region;
    this.account = identity.account;
    this.file = identity.file;
    this.byLogicalId = new Map(
      Object.entries(template.Resources).map(([id, definition]) => [id, new ResourceModel(this, id, definition)]),
    );
    this.resources = [...this.byLogicalId.values()].filter((resource) => resource.isCreated());
  }

  public get metadata(): Readonly<Record<string, unknown>> {
    return this.template.Metadata ?? {};
  }

  public get parent(): Stack | undefined {
    return this.nesting?.parent;
  }

  public resource(logicalId: string): Resource | undefined {
    return this.byLogicalId.get(logicalId);
  }

  public output(name: string): Value | undefined {
    const known = this.outputs.get(name);
    if (known !== undefined) return known;
    const definition = this.template.Outputs?.[name];
    if (definition === undefined) return undefined;
    // Stands in while the output is being worked out, so that a circle of outputs ends.
    this.outputs.set(name, new Unresolved(`output ${name} of ${this.name} refers to itself`));
    const value = resolve(definition.Value, this);
    const result = value === NO_VALUE ? new Unresolved(`output ${name} of ${this.name} has no value`) : value;
    this.outputs.set(name, result);
    return result;
  }

  /** Names under which this stack exports outputs, with the outputs' names. */
  public exports(): readonly { readonly name: string; readonly output: string }[] {
    return Object.entries(this.template.Outputs ?? {}).flatMap(([output, definition]) => {
      const name = definition.Export?.Name === undefined ? undefined : resolve(definition.Export.Name, this);
      return typeof name === 'string' ? [{ name, output }] : [];
    });
  }

  public parameter(name: string): Resolved | undefined {
    if (name.startsWith('AWS::')) return this.pseudoParameter(name);
    const definition = this.template.Parameters?.[name];
    if (definition === undefined) return undefined;
    if (this.nesting !== undefined) {
      const nested = this.nesting.parent.resource(this.nesting.logicalId)?.property('Parameters', name);
      if (nested !== undefined) return nested;
    }
    const value = this.given.get(`${this.name}:${name}`) ?? this.given.get(name);
    if (value !== undefined) return typed(definition, value, this);
    if (definition.Type?.startsWith('AWS::SSM::Parameter::Value') === true) {
      return new Unresolved(`parameter ${name} is read from Systems Manager while the stack is deployed`);
    }
    if (definition.Default === undefined) return new Unresolved(`parameter ${name} has no default and was not given`);
    return typed(definition, definition.Default, this);
  }

  public condition(name: string): boolean | Unresolved {
    const known = this.conditions.get(name);
    if (known !== undefined) return known;
    const definition = this.template.Conditions?.[name];
    if (definition === undefined) return new Unresolved(`there is no condition named ${name}`);
    this.conditions.set(name, new Unresolved(`condition ${name} refers to itself`));
    const value = evaluate(definition, this);
    this.conditions.set(name, value);
    return value;
  }

  public mapping(name: string): unknown {
    return this.template.Mappings?.[name];
  }

  public nestedOutput(resource: Resource, output: string): Value | undefined {
    return this.nested.get(resource.logicalId)?.output(output);
  }

  public imported(exportName: string): Value {
    return this.surroundings.imported(exportName, this);
  }

  public stackOutput(stackName: string, region: string | undefined, outputName: string): Value {
    return this.surroundings.stackOutput(stackName, region ?? this.region, outputName);
  }

  private pseudoParameter(name: string): Resolved | undefined {
    const partition = partitionOf(this.region);
    const known: Readonly<Record<string, Resolved | undefined>> = {
      'AWS::NoValue': NO_VALUE,
      'AWS::Region': this.region,
      'AWS::AccountId': this.account,
      'AWS::StackName': this.name,
      'AWS::Partition': partition,
      'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : partition && 'amazonaws.com',
    };
    return known[name] ?? new Unresolved(`${name} is known only after deployment`);
  }
}

function partitionOf(region: string | undefined): string | undefined {
  if (region === undefined) return undefined;
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** List parameters are written as comma-separated text. */
function typed(definition: ParameterDefinition, value: unknown, scope: Scope): Resolved {
  const isListType = definition.Type === 'CommaDelimitedList' || definition.Type?.startsWith('List<') === true;
  if (isListType && typeof value === 'string') return value.split(',').map((item) => item.trim());
  return isRecord(value) ? new Unresolved('a parameter cannot be a map') : resolve(value, scope);
}
