/** The variables of a machine, a branch or an iteration: an inner one sees those of the outer and keeps its own. */
export class Scope {
  private readonly own = new Map<string, unknown>();

  public constructor(private readonly outer?: Scope) {}

  public inner(): Scope {
    return new Scope(this);
  }

  /** Takes over all at once: expressions of one `Assign` see the values from before. */
  public assign(values: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(values)) this.own.set(name, value);
  }

  public get variables(): Readonly<Record<string, unknown>> {
    return { ...this.outer?.variables, ...Object.fromEntries(this.own) };
  }
}
