import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadBalancer, type LoadBalancerOptions } from './load-balancer';
import { targetGroupOf } from './target-group';

/** A target that says its own port, is healthy or not, and can be made to hold its answers back. */
class Target {
  public health = 200;
  public received = 0;
  public gate: Promise<void> | undefined;
  private constructor(private readonly server: http.Server) {}

  public static async start(): Promise<Target> {
    const server = http.createServer();
    const target = new Target(server);
    server.on('request', (request, response) => void target.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return target;
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (request.url === '/health') response.writeHead(this.health).end();
    else {
      this.received += 1;
      await this.gate;
      response.end(`${this.port}`);
    }
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function template(attributes: Readonly<Record<string, string>> = {}): unknown {
  return {
    Resources: {
      Group: {
        Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
        Properties: {
          HealthCheckPath: '/health',
          HealthCheckIntervalSeconds: 10,
          HealthCheckTimeoutSeconds: 5,
          HealthyThresholdCount: 2,
          UnhealthyThresholdCount: 3,
          Matcher: { HttpCode: '200' },
          TargetGroupAttributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
        },
      },
    },
  };
}

async function get(url: string, cookie?: string): Promise<{ body: string; cookie: string | undefined }> {
  const response = await fetch(url, { headers: { connection: 'close', ...(cookie ? { cookie } : {}) } });
  return { body: await response.text(), cookie: response.headers.get('set-cookie')?.split(';')[0] };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(10);
}

function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

describe('the load balancer', () => {
  const targets: Target[] = [];
  let balancer: LoadBalancer | undefined;

  beforeAll(async () => {
    for (let count = 0; count < 3; count++) targets.push(await Target.start());
  });

  afterEach(async () => {
    await balancer?.stop();
    for (const target of targets) Object.assign(target, { health: 200, received: 0, gate: undefined });
  });

  afterAll(() => {
    for (const target of targets) target.stop();
  });

  async function launch(attributes: Readonly<Record<string, string>>, timeScale = 50): Promise<LoadBalancer> {
    const options: LoadBalancerOptions = {
      targetGroup: targetGroupOf(template(attributes)),
      timeScale,
      targets: targets.map(({ port }) => port),
    };
    balancer = await LoadBalancer.launch(options);
    return balancer;
  }

  test('spreads requests evenly in turn', async () => {
    const { url } = await launch({});
    const answers: string[] = [];
    for (let request = 0; request < 30; request++) answers.push((await get(url)).body);
    for (const { port } of targets) expect(answers.filter((answer) => answer === `${port}`)).toHaveLength(10);
  });

  test('gives the target with the fewest requests in flight the next one', async () => {
    const { url } = await launch({ 'load_balancing.algorithm.type': 'least_outstanding_requests' });
    const [slow] = targets;
    if (slow === undefined) throw new Error('there are three targets');
    const { promise, open } = gate();
    slow.gate = promise;
    const answers: Promise<string>[] = [];
    for (let request = 0; request < 12; request++) {
      const held = slow.received;
      const answer = get(url).then(({ body }) => body);
      answers.push(answer);
      await Promise.race([answer, until(() => slow.received > held)]);
    }
    open();
    expect((await Promise.all(answers)).filter((answer) => answer === `${slow.port}`)).toHaveLength(1);
  });

  test('keeps a client on one target by its cookie', async () => {
    const { url } = await launch({ 'stickiness.enabled': 'true', 'stickiness.lb_cookie.duration_seconds': '60' });
    const first = await get(url);
    const answers = new Set<string>();
    for (let request = 0; request < 9; request++) answers.add((await get(url, first.cookie)).body);
    expect(first.cookie).toMatch(/^AWSALB=/);
    expect([...answers]).toEqual([first.body]);
  });

  test('takes a target out after the failures that the template says, and back in when it recovers', async () => {
    const running = await launch({});
    const [sick] = targets;
    if (sick === undefined) throw new Error('there are three targets');
    sick.health = 503;
    await until(async () => (await running.states()).get(sick.port) === 'unhealthy');
    for (let request = 0; request < 10; request++) expect((await get(running.url)).body).not.toBe(`${sick.port}`);
    sick.health = 200;
    await until(async () => (await running.states()).get(sick.port) === 'healthy');
  });

  test('sends requests to all targets when none is healthy', async () => {
    const running = await launch({});
    for (const target of targets) target.health = 503;
    await until(async () => [...(await running.states()).values()].every((state) => state === 'unhealthy'));
    expect(targets.map(({ port }) => `${port}`)).toContain((await get(running.url)).body);
  });

  test('lets requests in flight finish when their target leaves', async () => {
    const running = await launch({ 'deregistration_delay.timeout_seconds': '300' });
    const [leaving, ...staying] = targets;
    if (leaving === undefined) throw new Error('there are three targets');
    const { promise, open } = gate();
    for (const target of targets) target.gate = promise;
    const inFlight = Promise.all(Array.from({ length: 6 }, () => get(running.url)));
    await until(() => targets.every(({ received }) => received === 2));
    const left = running.deregister(leaving.port);
    await until(async () => (await running.states()).get(leaving.port) === 'draining');
    open();
    await left;
    const answers = (await inFlight).map(({ body }) => body);
    expect(answers.filter((answer) => answer === `${leaving.port}`)).toHaveLength(2);
    const later = new Set<string>();
    for (let request = 0; request < 10; request++) later.add((await get(running.url)).body);
    expect(later).toEqual(new Set(staying.map(({ port }) => `${port}`)));
  });
});

test('reads the service’s defaults from a target group that says nothing', () => {
  const bare = { Resources: { Group: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup' } } };
  expect(targetGroupOf(bare)).toEqual({
    algorithm: 'round_robin',
    healthCheck: {
      path: '/',
      intervalSeconds: 30,
      timeoutSeconds: 5,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
      matcher: '200',
    },
    deregistrationDelaySeconds: 300,
  });
});

test.each([
  [
    'no target group',
    { Resources: {} },
    undefined,
    'the template must have one AWS::ElasticLoadBalancingV2::TargetGroup, it has 0',
  ],
  [
    'another name',
    template(),
    'Other',
    'the template must have one AWS::ElasticLoadBalancingV2::TargetGroup named Other, it has 0',
  ],
  [
    'an unknown algorithm',
    template({ 'load_balancing.algorithm.type': 'best' }),
    'Group',
    "unknown load balancing algorithm 'best'",
  ],
  [
    'an application’s cookie',
    template({ 'stickiness.type': 'app_cookie' }),
    'Group',
    "only stickiness by the load balancer's cookie can be played, not app_cookie",
  ],
])('fails with %s', (_, synthesized, logicalId, message) => {
  expect(() => targetGroupOf(synthesized, logicalId)).toThrow(message);
});
