/** What was given is no cloud assembly or template: names the file, the rule, what was found and the way out. */
export class InvalidAssemblyError extends Error {
  public override readonly name = 'InvalidAssemblyError';
}
