import type { Assembly, Resource } from '../../template';
import { booleanOf, describe, isList, numberOf, resourcesIn, textOf, Unresolved, type Value } from '../../template';
import { exactly, type Quantity, type Range } from '../quantity';
import type { Traffic } from '../usage/traffic';
import type { GivenFigure, UsageValue } from '../usage/usage';

/** One thing that a resource is billed for. */
export interface Charge {
  /** Key of the price book. */
  readonly meter: string;
  readonly quantity: Quantity;
  /** Share of the list price that is paid, such as 0.3–0.5 on Spot. @default 1 */
  readonly priceFactor?: Range;
  /** Region whose price applies. @default - the stack's */
  readonly region?: string;
  /** Tells two charges of one resource on the same meter apart. @default - none */
  readonly label?: string;
}

/** Usage that a rule takes: what it is and what is assumed when it is not given. */
export interface Input {
  /** `GB processed per month`. */
  readonly unit: string;
  /** Whether it grows with the number of requests; the fixed floor has none of it. */
  readonly perRequest: boolean;
  /** Whether a cycle of hourly figures may be given. @default false */
  readonly series?: boolean;
  /** Expected figure when none is given; a range when its spread is known. */
  readonly assume: (resource: Subject, context: Context) => number | Range;
  readonly why: string;
}

/** How one CloudFormation type is billed. */
export interface Rule {
  readonly inputs?: Readonly<Record<string, Input>>;
  /** What it is billed for; a text says why it is free. */
  readonly charges: (resource: Subject, context: Context) => readonly Charge[] | string;
}

/** What a rule may look at. */
export interface Context {
  readonly assembly: Assembly;
  readonly traffic: Traffic;
  /** Hours in the month. */
  readonly hours: number;
  /** How many times the given traffic is played: 1, 0 for the fixed floor. */
  readonly scale: number;
  readonly today: Date;
  /** `resource` as a subject of rules. */
  subject(resource: Resource): Subject;
}

/** Thrown by a rule that meets what the template does not tell; the resource is then unpriced, never guessed. */
export class UnresolvedPropertyError extends Error {
  public override readonly name = 'UnresolvedPropertyError';
}

/** A resource as rules read it: absent properties have their CloudFormation default, unresolved ones end the rule. */
export class Subject {
  public constructor(
    public readonly resource: Resource,
    private readonly assembly: Assembly,
    /** The month's figure for an input of this resource's rule. */
    public readonly use: (input: string) => Quantity,
    /** What was given as usage for an input, and by what; `undefined` when it must be assumed. */
    public readonly figure: (input: string) => GivenFigure | undefined,
  ) {}

  /** What was given as usage for an input; `undefined` when it must be assumed. */
  public given(input: string): UsageValue | undefined {
    return this.figure(input)?.value;
  }

  public get type(): string {
    return this.resource.type;
  }

  public number(path: Path, absent?: number): number {
    return this.known(numberOf(this.value(path)), path, absent);
  }

  public text(path: Path, absent?: string): string {
    return this.known(textOf(this.value(path)), path, absent);
  }

  public flag(path: Path, absent = false): boolean {
    return this.known(booleanOf(this.value(path)), path, absent);
  }

  /** Whether the property is there at all. */
  public has(path: Path): boolean {
    return this.value(path) !== undefined;
  }

  /** The items of a list; none when it is absent. */
  public list(path: Path): readonly Value[] {
    const value = this.value(path);
    if (value === undefined) return [];
    if (isList(value)) return value;
    throw new UnresolvedPropertyError(`\`${path}\` is ${describe(value)}, not a list`);
  }

  /** The only resource of `type` that the property names, if any. */
  public target(path: Path, type: string): Resource | undefined {
    return resourcesIn(this.value(path), type)[0];
  }

  /** Resources of `type` that name this one. */
  public namedBy(type: string): readonly Resource[] {
    return [...new Set(this.assembly.linksTo(this.resource, type).map(({ from }) => from))];
  }

  public value(path: Path): Value | undefined {
    return this.resource.property(...path.split('.').map((step) => (/^\d+$/u.test(step) ? Number(step) : step)));
  }

  private known<T>(value: T | Unresolved | undefined, path: Path, absent: T | undefined): T {
    if (value instanceof Unresolved) throw new UnresolvedPropertyError(`\`${path}\` is unresolved: ${value.reason}`);
    const result = value ?? absent;
    if (result === undefined) throw new UnresolvedPropertyError(`\`${path}\` is absent`);
    return result;
  }
}

/** Steps to a property, with dots: `ServerlessV2ScalingConfiguration.MinCapacity`. */
type Path = string;

/** `count` of something, every hour of the month. */
export function hourly(meter: string, count: number, what: string, context: Context): Charge {
  return { meter, quantity: exactly(count * context.hours, `${count} ${what}, ${context.hours} h`) };
}

/** `count` of something for the whole month. */
export function monthly(meter: string, count: number, what: string): Charge {
  return { meter, quantity: exactly(count, `${count} ${what}`) };
}

/** Requests per month that the edge passes on to the region. */
export function originRequests({ traffic }: Context): number {
  return traffic.requests * traffic.originShare;
}

/** An input that grows with the requests. */
export function perRequest(unit: string, why: string, assume: Input['assume']): Input {
  return { unit, why, assume, perRequest: true };
}

/** An input that does not. */
export function fixed(unit: string, why: string, assume: Input['assume']): Input {
  return { unit, why, assume, perRequest: false };
}
