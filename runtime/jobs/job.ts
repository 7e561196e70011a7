import { randomUUID } from 'node:crypto';
import { type Fields, type FieldValues, oneOf, problemsOf, text } from '../messages';
import type { Message } from './message-source';
import { PermanentJobError } from './retry-policy';

/** One kind of job, as a row. */
export interface JobDefinition {
  /** What a job of this kind is told. */
  readonly data: Fields;
}

/** Every kind of job of an application, by name. */
export type JobDefinitions = Readonly<Record<string, JobDefinition>>;

type TypeOf<D extends JobDefinitions> = keyof D & string;

/** A job as it travels. With no type named it is any of them, told by `type`. */
export type Job<D extends JobDefinitions, T extends TypeOf<D> = TypeOf<D>> = {
  [K in T]: {
    /** The same in every delivery, and however often it was sent: the key of its effect. */
    readonly id: string;
    readonly type: K;
    readonly data: FieldValues<D[K]['data']>;
  };
}[T];

/** A job to send; one that is sent again under the same `id` has its effect once. */
export type NewJob<D extends JobDefinitions, T extends TypeOf<D> = TypeOf<D>> = {
  [K in T]: Omit<Job<D, K>, 'id'> & { readonly id?: string };
}[T];

/** Does the work of each kind of job. `signal` aborts when the worker has to leave before the work is done. */
export type JobHandlers<D extends JobDefinitions> = {
  readonly [T in TypeOf<D>]: (job: Job<D, T>, signal: AbortSignal) => Promise<void>;
};

/** What was received, or is about to be sent, is none of the jobs that are known; trying again cannot help. */
export class InvalidJobError extends PermanentJobError {
  public override readonly name = 'InvalidJobError';
}

/**
 * A job with an id, its data checked.
 *
 * @throws InvalidJobError with every problem
 */
export function newJob<D extends JobDefinitions>(definitions: D, job: NewJob<D>): Job<D> {
  return checked(definitions, { ...job, id: job.id ?? randomUUID() });
}

/** @throws InvalidJobError with every problem */
export function parseJob<D extends JobDefinitions>(definitions: D, body: string): Job<D> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new InvalidJobError(`the message must be JSON: ${String(error)}`, { cause: error });
  }
  return checked(definitions, value);
}

/** Hands each message to the handler of its job. */
export function jobHandler<D extends JobDefinitions>(
  definitions: D,
  handlers: JobHandlers<D>,
): (message: Message, signal: AbortSignal) => Promise<void> {
  return ({ body }, signal) => {
    const job = parseJob(definitions, body);
    const handle = handlers[job.type] as (job: Job<D>, signal: AbortSignal) => Promise<void>;
    return handle(job, signal);
  };
}

function checked<D extends JobDefinitions>(definitions: D, value: unknown): Job<D> {
  const envelope = { id: text(128), type: oneOf(...Object.keys(definitions)) };
  const problems = problemsOf(envelope, value, 'job');
  const { type, data } = (value ?? {}) as { readonly type?: string; readonly data?: unknown };
  const definition = type === undefined ? undefined : definitions[type];
  if (definition !== undefined) problems.push(...problemsOf(definition.data, data, 'job.data'));
  if (problems.length > 0) throw new InvalidJobError(`not a job that is known: ${problems.join('; ')}`);
  return value as Job<D>;
}
