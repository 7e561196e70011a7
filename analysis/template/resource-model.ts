import { NO_VALUE, resolve, type Scope } from './intrinsics';
import { type Resource, type Stack, Unresolved, type Value, type ValueMap } from './model';
import { isRecord, type ResourceDefinition } from './read-template';
import { isMap, valueAt } from './values';

/** One resource; its properties are resolved on first use. */
export class ResourceModel implements Resource {
  private resolved: ValueMap | undefined;

  public constructor(
    public readonly stack: Stack & Scope,
    public readonly logicalId: string,
    public readonly definition: ResourceDefinition,
  ) {}

  public get address(): string {
    return `${this.stack.name}/${this.logicalId}`;
  }

  public get type(): string {
    return this.definition.Type;
  }

  public get path(): string | undefined {
    return text(this.metadata['aws:cdk:path']);
  }

  public get metadata(): Readonly<Record<string, unknown>> {
    const metadata = this.definition['Metadata'];
    return isRecord(metadata) ? metadata : {};
  }

  public get deletionPolicy(): string | undefined {
    return text(this.definition['DeletionPolicy']);
  }

  public get updateReplacePolicy(): string | undefined {
    return text(this.definition['UpdateReplacePolicy']);
  }

  public get exists(): true | Unresolved {
    const condition = this.condition();
    return condition instanceof Unresolved ? condition : true;
  }

  public get dependsOn(): readonly Resource[] {
    const raw = this.definition['DependsOn'];
    const ids: readonly unknown[] = Array.isArray(raw) ? raw : raw === undefined ? [] : [raw];
    return ids.flatMap((id) => this.stack.resource(String(id)) ?? []);
  }

  public get properties(): ValueMap {
    if (this.resolved === undefined) {
      const value = resolve(this.definition['Properties'] ?? {}, this.stack);
      this.resolved = value !== NO_VALUE && isMap(value) ? value : {};
    }
    return this.resolved;
  }

  public property(...path: readonly (string | number)[]): Value | undefined {
    return valueAt(this.properties, path);
  }

  /** Whether the resource's condition may hold. */
  public isCreated(): boolean {
    return this.condition() !== false;
  }

  private condition(): boolean | Unresolved {
    const name = this.definition['Condition'];
    return typeof name === 'string' ? this.stack.condition(name) : true;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
