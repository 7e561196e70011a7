/** What the user gave cannot work: names the flag or file, the rule, the value and the way out. Exit code 2. */
export class UsageError extends Error {
  public override readonly name = 'UsageError';
}

/** The command ran, and what it checked does not hold. Exit code 1. */
export class CheckFailedError extends Error {
  public override readonly name = 'CheckFailedError';
}
