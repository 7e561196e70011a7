import { readAccessLog } from '../../../analysis/edge';

const waf = JSON.stringify({
  timestamp: 1_576_280_412_771,
  action: 'ALLOW',
  httpRequest: {
    clientIp: '198.51.100.1',
    country: 'DE',
    headers: [{ name: 'X-Api-Key', value: 'k1' }],
    uri: '/api/items',
    args: 'limit=5',
    httpMethod: 'GET',
  },
});
const cloudFront = JSON.stringify({
  date: '2019-12-13',
  time: '23:40:13',
  'c-ip': '2001:db8::1',
  'cs-method': 'POST',
  'cs-uri-stem': '/api/session',
  'cs-uri-query': '-',
  'cs(User-Agent)': 'curl/8',
  'c-country': 'FR',
  asn: '64500',
});

test('reads the log of AWS WAF, with headers', () => {
  expect(readAccessLog(`${waf}\n\n`)).toEqual([
    {
      timeSeconds: 1_576_280_412.771,
      ip: '198.51.100.1',
      method: 'GET',
      path: '/api/items',
      query: 'limit=5',
      headers: { 'x-api-key': 'k1' },
      country: 'DE',
    },
  ]);
});

test('reads the log of CloudFront', () => {
  expect(readAccessLog(cloudFront)).toEqual([
    {
      timeSeconds: 1_576_280_413,
      ip: '2001:db8::1',
      method: 'POST',
      path: '/api/session',
      query: '',
      headers: { 'user-agent': 'curl/8' },
      country: 'FR',
      asn: 64_500,
    },
  ]);
});

test.each([
  ['is no JSON', 'GET /', 'line 2: must be a JSON object of AWS WAF (timestamp, httpRequest) or of CloudFront'],
  ['is another log', '{"level":30}', `got '{"level":30}'`],
  ['has no time', '{"date":"-","time":"-","c-ip":"1.2.3.4","cs-method":"GET","cs-uri-stem":"/"}', 'line 2: must be'],
])('fails when a line %s', (_, line, message) => {
  expect(() => readAccessLog(`${waf}\n${line}`)).toThrow(message);
});

test('fails when a line is older than the one before it', () => {
  expect(() => readAccessLog(`${cloudFront}\n${waf}`)).toThrow(
    'line 2: older than the line before it; sort the log by time',
  );
});
