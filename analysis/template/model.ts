/** What a property of a template comes to once its intrinsic functions are worked out. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | ValueMap
  | Reference
  | Concatenation
  | Unresolved;

/** A map of resolved properties. */
export interface ValueMap {
  readonly [name: string]: Value;
}

/** `Ref` (no attribute) or `Fn::GetAtt` of a resource of the assembly, wherever it lives. */
export class Reference {
  public constructor(
    public readonly resource: Resource,
    public readonly attribute?: string,
  ) {}
}

/** A text of which at least one part is known only after deployment, such as an ARN. Adjacent literals are merged. */
export class Concatenation {
  public constructor(public readonly parts: readonly (string | Reference | Unresolved)[]) {}
}

/** A value that the templates alone do not tell. Never replaced by a guess. */
export class Unresolved {
  public constructor(
    /** Why, for a person: `parameter Size has no default and was not given`. */
    public readonly reason: string,
    /** The resources that the value depends on, as far as they are known. */
    public readonly references: readonly Reference[] = [],
  ) {}
}

/** One stack (a nested stack is one too) in one account and region. */
export interface Stack {
  /** Name as deployed; a nested stack's is `<parent>/<logical id>`. Unique within an assembly for one region. */
  readonly name: string;
  /** Name for people: the construct path, `Production/Data`, or the name. */
  readonly displayName: string;
  /** The CDK stages around it, outermost first: `['Production']`. Empty for a stack of the app itself. */
  readonly stages: readonly string[];
  /** Region, or `undefined` for a template that may go anywhere. */
  readonly region: string | undefined;
  readonly account: string | undefined;
  /** The stack that nests this one. */
  readonly parent: Stack | undefined;
  /** The file it was read from. */
  readonly file: string;
  /** The template's own `Metadata`, as written. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Every resource of this stack that a condition does not leave out. */
  readonly resources: readonly Resource[];
  /** The value of an output, or `undefined` when there is no such output. */
  output(name: string): Value | undefined;
  /** The resource with this logical id, or `undefined`. */
  resource(logicalId: string): Resource | undefined;
}

/** One resource with its properties worked out (on first use). */
export interface Resource {
  /** `<stack name>/<logical id>`, unique within an assembly for one region. */
  readonly address: string;
  readonly logicalId: string;
  /** CloudFormation type, `AWS::ECS::Service`. */
  readonly type: string;
  readonly stack: Stack;
  /** Construct path from the CDK's metadata, for people. */
  readonly path: string | undefined;
  /** `true`, or why it cannot be told whether the resource's condition holds. */
  readonly exists: true | Unresolved;
  /** All properties, resolved. A property that resolves to `AWS::NoValue` is absent. */
  readonly properties: ValueMap;
  /** `DependsOn`, as resources. */
  readonly dependsOn: readonly Resource[];
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
  /** `Metadata` as written. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The whole definition as written in the template, intrinsic functions and all. */
  readonly definition: Readonly<Record<string, unknown>>;
  /**
   * The value under `path`: `property('NetworkConfiguration', 'Subnets', 0)`. `undefined` when it is absent;
   * `Unresolved` when it, or something on the way to it, cannot be told.
   */
  property(...path: readonly (string | number)[]): Value | undefined;
}

/** A property of one resource that names another. */
export interface Link {
  readonly from: Resource;
  readonly to: Resource;
  /** Where in `from`: `['LoadBalancers', 0, 'TargetGroupArn']`. */
  readonly path: readonly (string | number)[];
  /** The attribute used; `undefined` for `Ref`. */
  readonly attribute: string | undefined;
}

/** Every stack of a cloud assembly (or one bare template) with the links between their resources. */
export interface Assembly {
  /** What it was read from. */
  readonly source: string;
  /** Stacks in the manifest's order, each followed by its nested stacks. */
  readonly stacks: readonly Stack[];
  readonly resources: readonly Resource[];
  /** Names of the outermost stages: `['Development', 'Staging', 'Production']`. */
  readonly stages: readonly string[];
  /** The resources of any of these types. */
  ofType(...types: readonly string[]): readonly Resource[];
  /** What `resource` points to. */
  linksFrom(resource: Resource): readonly Link[];
  /** What points to `resource`; with `type`, only from resources of that type. */
  linksTo(resource: Resource, type?: string): readonly Link[];
  /**
   * The part of the assembly in one stage, by its name regardless of case.
   *
   * @throws InvalidAssemblyError when there is no such stage; the message lists those there are
   */
  stage(name: string): Assembly;
}
