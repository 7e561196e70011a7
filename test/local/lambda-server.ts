import { type AwsAnswer, AwsError, type AwsRequest, type AwsServer, startAwsServer } from './aws-server';
import type { LocalFunction, Outcome } from './lambda-runtime';

/** A call as Lambda took it. */
export interface TakenCall {
  /** The region that it was signed for. */
  readonly region: string;
  readonly name: string;
  readonly event: unknown;
}

/** Lambda's Invoke API of several regions at wire level; what is called is whatever `functions` has there. */
export interface LambdaServer extends AwsServer {
  /** Every call that reached a function, oldest first. */
  readonly calls: readonly TakenCall[];
}

/** `us-west-2:name` to what runs there; https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export async function startLambdaServer(
  functions: Readonly<Record<string, Pick<LocalFunction, 'invoke'>>>,
): Promise<LambdaServer> {
  const calls: TakenCall[] = [];
  const server = await startAwsServer(async (request) => {
    const name = nameIn(request);
    const fn = functions[`${request.region}:${name}`];
    if (fn === undefined) {
      const arn = `arn:aws:lambda:${request.region}:111111111111:function:${name}`;
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
    }
    const event: unknown = JSON.parse(request.body);
    calls.push({ region: request.region, name, event });
    return answerOf(await fn.invoke(event));
  });
  return { ...server, calls };
}

function nameIn({ method, path, headers }: AwsRequest): string {
  const [, name] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations$/.exec(path) ?? [];
  if (method !== 'POST' || name === undefined)
    throw new AwsError('UnknownOperationException', `${method} ${path}`, 404);
  const kind = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (kind !== 'RequestResponse') throw new AwsError('InvalidParameterValueException', `this server knows no ${kind}`);
  return decodeURIComponent(name);
}

/** A function that fails is an answer of 200, with a header that says so. */
function answerOf(outcome: Outcome): AwsAnswer {
  if (outcome.kind === 'response') return { body: JSON.stringify(outcome.value) };
  const error = 'error' in outcome ? outcome.error : { errorMessage: outcome.message };
  return { headers: { 'x-amz-function-error': 'Unhandled' }, body: JSON.stringify(error) };
}
