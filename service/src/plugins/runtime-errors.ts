import { OverloadedError } from '../../../runtime/admission';
import { CacheOverloadedError, CacheUnavailableError } from '../../../runtime/cache';
import {
  DatabaseOverloadedError,
  DatabaseUnavailableError,
  InvalidCursorError,
  StatementTimeoutError,
  TransactionTimeoutError,
  WriteOutcomeUnknownError,
} from '../../../runtime/database';
import { SessionEndedError } from '../../../runtime/session';
import { HttpProblem } from '../problem';

interface Row {
  readonly error: new (...args: never[]) => Error;
  readonly status: number;
  readonly detail: string;
  /** Whether the same request may simply be sent again. */
  readonly retry: boolean;
}

const BUSY = 'the service is too busy to answer; try again';
const AWAY = 'the service cannot reach its data now; try again';

/** How the errors of the runtime are told to a client. What is not here is a 500. */
const ROWS: readonly Row[] = [
  {
    error: InvalidCursorError,
    status: 400,
    detail: 'the cursor is not one that a page of this listing gave',
    retry: false,
  },
  {
    error: SessionEndedError,
    status: 401,
    detail: 'the session has ended: POST /api/session starts one',
    retry: false,
  },
  { error: OverloadedError, status: 503, detail: BUSY, retry: true },
  { error: CacheOverloadedError, status: 503, detail: BUSY, retry: true },
  { error: DatabaseOverloadedError, status: 503, detail: BUSY, retry: true },
  { error: DatabaseUnavailableError, status: 503, detail: AWAY, retry: true },
  { error: CacheUnavailableError, status: 503, detail: AWAY, retry: true },
  { error: TransactionTimeoutError, status: 503, detail: BUSY, retry: true },
  { error: StatementTimeoutError, status: 503, detail: BUSY, retry: true },
  {
    error: WriteOutcomeUnknownError,
    status: 503,
    detail:
      'the connection broke while it was written: it may have happened. Events may be sent again with the same ids',
    retry: false,
  },
];

/** The answer to an error of the runtime, or nothing for any other error. */
export function problemOf(error: unknown): HttpProblem | undefined {
  const row = ROWS.find((candidate) => error instanceof candidate.error);
  if (row === undefined) return undefined;
  return new HttpProblem(row.status, row.detail, undefined, row.retry ? { 'retry-after': retryAfter(error) } : {});
}

function retryAfter(error: unknown): string {
  const known = error instanceof Error && 'retryAfterSeconds' in error ? error.retryAfterSeconds : undefined;
  return typeof known === 'number' ? String(Math.ceil(known)) : '1';
}
