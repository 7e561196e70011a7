/**
 * Event shapes of CloudFront Functions.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
export interface EdgeValue {
  value: string;
  multiValue?: { value: string }[];
}

/** A cookie of a response; `attributes` is everything after the first semicolon. */
export interface EdgeCookie extends EdgeValue {
  attributes?: string;
}

export type EdgeValues = Record<string, EdgeValue | undefined>;

export interface EdgeRequest {
  method: string;
  /** Path without the query string, exactly as the viewer sent it. */
  uri: string;
  querystring: EdgeValues;
  headers: EdgeValues;
  cookies: EdgeValues;
}

export interface EdgeResponse {
  statusCode: number;
  statusDescription?: string;
  headers: EdgeValues;
  cookies?: Record<string, EdgeCookie | undefined>;
  body?: { encoding: 'text'; data: string };
}

export interface ViewerRequestEvent {
  viewer: { ip: string };
  request: EdgeRequest;
}

export interface ViewerResponseEvent extends ViewerRequestEvent {
  response: EdgeResponse;
}
