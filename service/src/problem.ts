import { STATUS_CODES } from 'node:http';

/** One thing that is wrong with a request. */
export interface FieldProblem {
  /** Where it is, such as `query.limit` or `body.kind`. */
  readonly field: string;
  /** The rule that does not hold. */
  readonly message: string;
}

/** The body of every answer that is not a success: https://www.rfc-editor.org/rfc/rfc9457. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly problems?: readonly FieldProblem[];
}

/** Thrown by a route to answer with something other than a success. Its message is shown to the client. */
export class HttpProblem extends Error {
  public override readonly name = 'HttpProblem';

  public constructor(
    public readonly statusCode: number,
    detail: string,
    public readonly problems?: readonly FieldProblem[],
    public readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

/** The body for `status`, with the standard phrase as its title. */
export function problem(
  status: number,
  detail: string,
  requestId: string,
  problems?: readonly FieldProblem[],
): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return { title, status, detail, requestId, ...(problems === undefined ? {} : { problems }) };
}
