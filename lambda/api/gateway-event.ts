/** A request as API Gateway hands it over, as far as it has to be put right. */
interface GatewayEvent {
  /** Of HTTP APIs. */
  readonly version?: string;
  readonly rawPath?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly requestContext?: { readonly stage?: string };
}

/** The request that the application was meant to get. */
export function applicationRequest<Event extends GatewayEvent>(event: Event): Event {
  return event.version === '2.0' ? withoutStage(event) : uncompressed(event);
}

/** An HTTP API puts its stage in front of the path: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function withoutStage<Event extends GatewayEvent>(event: Event): Event {
  const prefix = `/${event.requestContext?.stage}`;
  const { rawPath = '' } = event;
  return rawPath.startsWith(`${prefix}/`) ? { ...event, rawPath: rawPath.slice(prefix.length) } : event;
}

/** A REST API without binary types would send compressed bytes on as base64; it compresses text by itself. */
function uncompressed<Event extends GatewayEvent>(event: Event): Event {
  return { ...event, headers: acceptingText(event.headers), multiValueHeaders: acceptingText(event.multiValueHeaders) };
}

function acceptingText<Headers extends object>(headers: Headers | undefined): Headers | undefined {
  return (
    headers &&
    (Object.fromEntries(
      Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'accept-encoding'),
    ) as Headers)
  );
}
