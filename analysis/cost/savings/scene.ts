import type { Assembly, Resource } from '../../template';
import type { Estimate, Line } from '../estimate-model';
import type { Discount, PriceBook } from '../prices/price-book';
import type { Range } from '../quantity';

/** One ECS service with its lines. */
export interface ServiceScene {
  readonly address: string;
  readonly resource: Resource;
  readonly lines: readonly Line[];
  /** Users wait for it, so its least number of tasks must not vanish. */
  readonly behindLoadBalancer: boolean;
}

/** What the savings look at: the estimate, its floor without any traffic, the templates and the prices. */
export class Scene {
  public readonly lines: readonly Line[];

  public constructor(
    public readonly assembly: Assembly,
    public readonly estimate: Estimate,
    private readonly floor: Estimate,
    private readonly prices: PriceBook,
  ) {
    this.lines = estimate.lines;
  }

  public discount(name: string): Discount | undefined {
    return this.prices.discount(name);
  }

  /** USD of the first unit; NaN when it is unknown, so that nothing is recommended on it. */
  public price(meter: string, region: string): number {
    return this.prices.firstUnit(meter, region) ?? Number.NaN;
  }

  /** Lines as they are without any traffic: the flat part of the bill. */
  public floorLines(wanted: (line: Line) => boolean): readonly Line[] {
    return this.floor.lines.filter((line) => wanted(line) && line.usd !== null);
  }

  public linesOf(resource: Resource, wanted: (line: Line) => boolean = () => true): readonly Line[] {
    return this.lines.filter((line) => line.address === resource.address && wanted(line));
  }

  public services(): readonly ServiceScene[] {
    return this.assembly.ofType('AWS::ECS::Service').map((service) => {
      const balancers = service.property('LoadBalancers');
      return {
        address: service.address,
        resource: service,
        lines: this.linesOf(service),
        behindLoadBalancer: Array.isArray(balancers) && balancers.length > 0,
      };
    });
  }
}

export function scaleRange({ low, expected, high }: Range, factor: number): Range {
  return { low: low * factor, expected: expected * factor, high: high * factor };
}
