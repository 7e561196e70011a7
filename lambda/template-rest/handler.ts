import { Logger } from '@aws-lambda-powertools/logger';
import { InvalidRequestError, parseQuoteRequest, quote } from './quote';

const logger = new Logger();

interface GatewayRequest {
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/** A function for one path, behind either kind of API: what it does is in `quote.ts`, here is only how it is asked. */
export async function handler({ body, isBase64Encoded }: GatewayRequest) {
  try {
    const text = isBase64Encoded === true ? Buffer.from(body ?? '', 'base64').toString() : body;
    return answer(200, 'application/json', quote(parseQuoteRequest(text)));
  } catch (error) {
    if (error instanceof InvalidRequestError) {
      return answer(400, 'application/problem+json', problem(400, 'the request is not valid', error.problems));
    }
    logger.error('quote', error as Error);
    return answer(500, 'application/problem+json', problem(500, 'the quote could not be made'));
  }
}

function problem(status: number, title: string, problems?: readonly string[]): object {
  return { type: 'about:blank', title, status, problems };
}

function answer(statusCode: number, contentType: string, body: object) {
  return {
    statusCode,
    headers: { 'content-type': contentType, 'cache-control': 'no-store' },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}
