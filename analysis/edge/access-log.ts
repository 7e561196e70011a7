/** One request as a web ACL sees it. */
export interface LoggedRequest {
  /** When it came, in seconds since any fixed moment; a log is in the order of time. */
  readonly timeSeconds: number;
  /** IPv4 or IPv6 address of the caller. */
  readonly ip: string;
  readonly method: string;
  /** Path without the query string, as sent. */
  readonly path: string;
  /** Query string without the question mark. */
  readonly query: string;
  /** Headers by lower-case name. Absent headers are taken as not sent. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Two-letter code of the caller's country.
   *
   * @default - unknown; rules that ask for it are not evaluated
   */
  readonly country?: string;
  /**
   * Number of the caller's autonomous system.
   *
   * @default - unknown; rules that ask for it are not evaluated
   */
  readonly asn?: number;
}

/** A log that cannot be read, with the line. */
export class InvalidAccessLogError extends Error {
  public override readonly name = 'InvalidAccessLogError';
}

/**
 * Reads a log with one JSON object per line, either as AWS WAF writes it (`timestamp` in milliseconds, `httpRequest`) or
 * as CloudFront's standard logging v2 does (`date`, `time`, `c-ip`, …; it knows no headers but the browser's name).
 *
 * @throws InvalidAccessLogError naming the line that is not of either form, or that is older than the one before it
 */
export function readAccessLog(text: string): LoggedRequest[] {
  const requests: LoggedRequest[] = [];
  let before = Number.NEGATIVE_INFINITY;
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const request = parseLine(line, index + 1);
    if (request.timeSeconds < before) {
      throw new InvalidAccessLogError(`line ${index + 1}: older than the line before it; sort the log by time`);
    }
    before = request.timeSeconds;
    requests.push(request);
  });
  return requests;
}

type Json = Readonly<Record<string, unknown>>;

function parseLine(line: string, number: number): LoggedRequest {
  const record = parseJson(line);
  const request = record === undefined ? undefined : (fromWaf(record) ?? fromCloudFront(record));
  if (request !== undefined) return request;
  throw new InvalidAccessLogError(
    `line ${number}: must be a JSON object of AWS WAF (timestamp, httpRequest) or of CloudFront (date, time, c-ip, ` +
      `cs-method, cs-uri-stem), got '${line.slice(0, 60)}'`,
  );
}

function parseJson(line: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html */
function fromWaf(record: Json): LoggedRequest | undefined {
  const request = record['httpRequest'];
  const timestamp = record['timestamp'];
  if (!isJson(request) || typeof timestamp !== 'number') return undefined;
  const { clientIp, httpMethod, uri, args, country, headers } = request;
  if (typeof clientIp !== 'string' || typeof httpMethod !== 'string' || typeof uri !== 'string') return undefined;
  return {
    timeSeconds: timestamp / 1000,
    ip: clientIp,
    method: httpMethod,
    path: uri,
    query: typeof args === 'string' ? args : '',
    headers: headersOf(headers),
    ...(typeof country === 'string' && country !== '-' ? { country } : {}),
  };
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html */
function fromCloudFront(record: Json): LoggedRequest | undefined {
  const text = (name: string): string | undefined => {
    const value = record[name];
    return typeof value === 'string' && value !== '-' ? value : undefined;
  };
  const [date, time, ip, method, path] = ['date', 'time', 'c-ip', 'cs-method', 'cs-uri-stem'].map(text);
  const milliseconds = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(milliseconds) || ip === undefined || method === undefined || path === undefined) return undefined;
  const [agent, country, asn] = ['cs(User-Agent)', 'c-country', 'asn'].map(text);
  return {
    timeSeconds: milliseconds / 1000,
    ip,
    method,
    path,
    query: text('cs-uri-query') ?? '',
    headers: agent === undefined ? {} : { 'user-agent': agent },
    ...(country === undefined ? {} : { country }),
    ...(asn === undefined ? {} : { asn: Number(asn) }),
  };
}

function headersOf(headers: unknown): Record<string, string> {
  if (!Array.isArray(headers)) return {};
  return Object.fromEntries(
    headers.flatMap((header: unknown) =>
      isJson(header) && typeof header['name'] === 'string' && typeof header['value'] === 'string'
        ? [[header['name'].toLowerCase(), header['value']]]
        : [],
    ),
  );
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
