import type { EdgeRequest, EdgeResponse, EdgeValues } from './event';

const NEVER_STORED = 'no-store';

/** Sends the viewer to another place; 307 and 308 keep the method and the body. */
export function redirect(location: string, statusCode: number): EdgeResponse {
  return {
    statusCode,
    statusDescription: statusCode === 308 ? 'Permanent Redirect' : 'Redirect',
    headers: { location: { value: location }, 'cache-control': { value: 'public, max-age=3600' } },
  };
}

/** An answer that says no, as a problem document for programs and as a sentence for people. */
export function answerNo(request: EdgeRequest, statusCode: number, title: string, more: EdgeValues): EdgeResponse {
  const accept = request.headers['accept'];
  const forPeople = accept?.value.includes('text/html') === true;
  const headers: EdgeValues = {
    'cache-control': { value: NEVER_STORED },
    'content-type': { value: forPeople ? 'text/html; charset=utf-8' : 'application/problem+json' },
  };
  Object.keys(more).forEach((name) => {
    const value = more[name];
    if (value !== undefined) headers[name] = value;
  });
  const data = forPeople
    ? `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1></html>`
    : JSON.stringify({ type: 'about:blank', status: statusCode, title });
  return { statusCode, statusDescription: title, headers, body: { encoding: 'text', data } };
}
