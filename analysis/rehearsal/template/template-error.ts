/** A template that cannot be rehearsed; every problem names its resource, the rule and the way out. */
export class TemplateError extends Error {
  public override readonly name = 'TemplateError';

  public constructor(public readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Collects what a template has and the rehearsal does not model; nothing is ignored silently. */
export class Notes {
  public readonly notModelled: string[] = [];
  public readonly problems: string[] = [];

  public skip(address: string, what: string): void {
    const note = `${address}: ${what}`;
    if (!this.notModelled.includes(note)) this.notModelled.push(note);
  }

  public fail(address: string, problem: string): void {
    this.problems.push(`${address}: ${problem}`);
  }
}
