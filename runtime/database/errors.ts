/** What every error of this library is; `retryable` says whether the caller may simply do the same again. */
export abstract class DatabaseError extends Error {
  public abstract readonly retryable: boolean;

  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The options of `createDatabase` cannot work; lists every problem. */
export class InvalidDatabaseOptionsError extends DatabaseError {
  public readonly retryable = false;

  public constructor(problems: readonly string[]) {
    super(`invalid database options:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** No server could take the statement, which surely did not run. Answer 503 with `Retry-After`. */
export class DatabaseUnavailableError extends DatabaseError {
  public readonly retryable = true;
}

/** Too much waits for a connection already. Answer 503 with `Retry-After`. */
export class DatabaseOverloadedError extends DatabaseError {
  public readonly retryable = true;
}

/** The connection broke while a write ran: it may or may not have happened. Repeat it only when it is idempotent. */
export class WriteOutcomeUnknownError extends DatabaseError {
  public readonly retryable = false;
}

/** The statement ran longer than it may; its connection was closed. A write may still have happened. */
export class StatementTimeoutError extends DatabaseError {
  public readonly retryable = false;
}

/** The transaction took longer than it may and was rolled back. */
export class TransactionTimeoutError extends DatabaseError {
  public readonly retryable = true;
}

/** `read()` was given a statement that plainly writes. */
export class WriteInReadError extends DatabaseError {
  public readonly retryable = false;
}

/** A page cursor was made up, damaged, or belongs to another listing. Answer 400. */
export class InvalidCursorError extends DatabaseError {
  public readonly retryable = false;
}
