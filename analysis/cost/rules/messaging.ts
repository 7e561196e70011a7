import { mapQuantity, type Quantity } from '../quantity';
import { type Context, fixed, hourly, originRequests, perRequest, type Rule, type Subject } from './rule';

/** Requests are billed in units of this many kB. */
const CHUNK_KB = { queue: 64, httpApi: 512 };
/** A message is sent, received and deleted. */
const REQUESTS_PER_MESSAGE = 3;

export const MESSAGING_RULES: Readonly<Record<string, Rule>> = {
  'AWS::SQS::Queue': {
    inputs: {
      requests: perRequest(
        'requests: sends, receives (empty ones too) and deletes',
        'background messages, and empty receives',
        queueRequests,
      ),
      payloadKb: fixed('kB of a message', 'small messages', () => ({ low: 1, expected: 1, high: 64 })),
    },
    charges: (queue) => [
      {
        meter: queue.flag('FifoQueue') ? 'sqs.fifo' : 'sqs.standard',
        quantity: chunked(queue.use('requests'), queue.use('payloadKb'), CHUNK_KB.queue),
      },
    ],
  },
  'AWS::SNS::Topic': {
    inputs: { publishes: fixed('messages published', 'alarms', () => 1000) },
    charges: (topic) => [{ meter: 'sns.publish', quantity: millions(topic.use('publishes')) }],
  },
  'AWS::Events::EventBus': {
    inputs: { events: fixed('custom events', 'few', () => 1000) },
    charges: (bus) => [{ meter: 'eventbridge.custom', quantity: millions(bus.use('events')) }],
  },
  'AWS::ApiGatewayV2::Api': {
    inputs: {
      requests: perRequest('requests', 'the API share of the passed requests', apiRequests),
      payloadKb: fixed('kB of a request and its response', 'small', () => ({ low: 1, expected: 10, high: 512 })),
    },
    charges: (api) => {
      const protocol = api.text('ProtocolType', 'HTTP');
      const quantity = chunked(api.use('requests'), api.use('payloadKb'), CHUNK_KB.httpApi);
      return [{ meter: protocol === 'HTTP' ? 'apigw.http.request' : 'apigw.websocket.message', quantity }];
    },
  },
  'AWS::ApiGateway::RestApi': {
    inputs: { requests: perRequest('requests', 'the API share of the passed requests', apiRequests) },
    charges: (api) => [{ meter: 'apigw.rest.request', quantity: millions(api.use('requests')) }],
  },
  'AWS::ApiGateway::Stage': {
    charges: (stage, context) =>
      stage.flag('CacheClusterEnabled')
        ? [hourly(`apigw.cache.${stage.text('CacheClusterSize')}gb`, 1, 'cache', context)]
        : 'has no cache',
  },
};

function apiRequests(_api: Subject, context: Context): number {
  const apis = context.assembly.ofType('AWS::ApiGatewayV2::Api', 'AWS::ApiGateway::RestApi').length;
  return (originRequests(context) * context.traffic.apiShare) / Math.max(apis, 1);
}

/** A dead-letter queue is asked nothing as long as all is well. */
function queueRequests(queue: Subject, context: Context): number {
  const isDeadLetter =
    queue.namedBy('AWS::SQS::Queue').length > 0 && queue.namedBy('AWS::Lambda::EventSourceMapping').length === 0;
  if (isDeadLetter) return 0;
  return originRequests(context) * context.traffic.backgroundShare * REQUESTS_PER_MESSAGE;
}

function chunked(requests: Quantity, payloadKb: Quantity, chunkKb: number): Quantity {
  const units = (count: number, kb: number): number => (count * Math.max(Math.ceil(kb / chunkKb), 1)) / 1e6;
  return {
    low: units(requests.low, payloadKb.low),
    expected: units(requests.expected, payloadKb.expected),
    high: units(requests.high, payloadKb.high),
    origin: requests.origin,
    why: `${requests.why}, in units of ${chunkKb} kB`,
  };
}

function millions(quantity: Quantity): Quantity {
  return mapQuantity(quantity, (count) => count / 1e6);
}
