import { InvalidAssemblyError } from './invalid-assembly-error';
import { type Assembly, type Link, type Resource, type Stack, Unresolved, type Value } from './model';
import type { StackModel, Surroundings } from './stack-model';
import { referencesIn } from './values';

/** The stacks of an assembly, or of one of its stages, and the links between their resources. */
export class AssemblyModel implements Assembly {
  private outgoing: ReadonlyMap<Resource, readonly Link[]> | undefined;
  private incoming: ReadonlyMap<Resource, readonly Link[]> | undefined;
  private types: ReadonlyMap<string, readonly Resource[]> | undefined;

  public constructor(
    public readonly source: string,
    public readonly stacks: readonly Stack[],
  ) {}

  public get resources(): readonly Resource[] {
    return this.stacks.flatMap((stack) => stack.resources);
  }

  public get stages(): readonly string[] {
    return [...new Set(this.stacks.flatMap((stack) => stack.stages.slice(0, 1)))];
  }

  public ofType(...types: readonly string[]): readonly Resource[] {
    this.types ??= groupBy(this.resources, (resource) => resource.type);
    const known = this.types;
    return types.flatMap((type) => known.get(type) ?? []);
  }

  public linksFrom(resource: Resource): readonly Link[] {
    this.outgoing ??= groupBy(this.links(), (link) => link.from);
    return this.outgoing.get(resource) ?? [];
  }

  public linksTo(resource: Resource, type?: string): readonly Link[] {
    this.incoming ??= groupBy(this.links(), (link) => link.to);
    const links = this.incoming.get(resource) ?? [];
    return type === undefined ? links : links.filter((link) => link.from.type === type);
  }

  public stage(name: string): Assembly {
    const wanted = name.toLowerCase();
    const stacks = this.stacks.filter((stack) => stack.stages[0]?.toLowerCase() === wanted);
    if (stacks.length > 0) return new AssemblyModel(`${this.source} (${stacks[0]?.stages[0]})`, stacks);
    const known = this.stages.length === 0 ? 'it has no stages' : `its stages are ${this.stages.join(', ')}`;
    throw new InvalidAssemblyError(`${this.source} has no stage named ${name}: ${known}`);
  }

  private links(): readonly Link[] {
    return this.resources.flatMap((from) =>
      referencesIn(from.properties).map(({ reference, path }) => ({
        from,
        to: reference.resource,
        path,
        attribute: reference.attribute,
      })),
    );
  }
}

/** Looks up what one stack takes from another. Filled after the stacks exist, because they refer to each other. */
export class CrossStackReferences implements Surroundings {
  private readonly stacks: StackModel[] = [];
  private exported: ReadonlyMap<string, readonly { readonly stack: StackModel; readonly output: string }[]> | undefined;

  public add(stack: StackModel): void {
    this.stacks.push(stack);
  }

  public imported(name: string, from: StackModel): Value {
    this.exported ??= groupBy(
      this.stacks.flatMap((stack) => stack.exports().map((entry) => ({ stack, ...entry }))),
      (entry) => entry.name,
    );
    const candidates = (this.exported.get(name) ?? []).filter(
      ({ stack }) => stack.region === from.region && stack.account === from.account,
    );
    return this.only(
      candidates.map(({ stack, output }) => stack.output(output)),
      `export ${name}`,
    );
  }

  public stackOutput(stackName: string, region: string | undefined, outputName: string): Value {
    const candidates = this.stacks.filter((stack) => stack.name === stackName && stack.region === region);
    return this.only(
      candidates.map((stack) => stack.output(outputName)),
      `output ${outputName} of ${stackName} in ${region ?? 'an unknown region'}`,
    );
  }

  private only(values: readonly (Value | undefined)[], what: string): Value {
    const [value] = values;
    if (values.length > 1) return new Unresolved(`${what} is in this assembly ${values.length} times`);
    return value ?? new Unresolved(`${what} is not in this assembly`);
  }
}

function groupBy<K, V>(items: readonly V[], keyOf: (item: V) => K): ReadonlyMap<K, readonly V[]> {
  const groups = new Map<K, V[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
