import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context } from '../../../cdk.json';
import { FailoverProgram, type FailoverProgramProps } from '../../../lib/constructs/recovery/failover-program';
import type { FailoverCall } from '../../../lib/constructs/recovery/failover-step';
import { definitionOf, JumpingClock, StateMachine, type TaskHandler } from '../../local/state-machine';

export const HOME = { region: 'us-east-1', databaseClusterArn: 'arn:aws:rds:us-east-1:111111111111:cluster:home' };
export const AWAY = { region: 'us-west-2', databaseClusterArn: 'arn:aws:rds:us-west-2:111111111111:cluster:away' };

export const failoverProps: FailoverProgramProps = {
  globalCluster: 'platform',
  from: HOME,
  to: {
    ...AWAY,
    databaseCluster: 'away',
    databaseInstanceClass: 'db.r8g.large',
    connectionPool: 'pool',
    secrets: ['session-keys', 'token-keys'],
    serviceCluster: 'cluster',
    service: 'service',
    tasks: 4,
    idleTasks: 0,
  },
  probeUrl: 'https://example.com/api/items?limit=1',
  maxLag: Duration.seconds(60),
  approvers: ['oncall@example.com'],
  keyValueStoreArn: 'arn:aws:cloudfront::111111111111:key-value-store/1234',
  metricsNamespace: 'Headroom/Production',
};

export function failoverTemplate(): Template {
  const stack = new Stack(new App({ context }), 'Recovery', { env: { region: AWAY.region, account: '111111111111' } });
  new FailoverProgram(stack, 'Failover', failoverProps);
  return Template.fromStack(stack);
}

export const definition = definitionOf(failoverTemplate().toJSON());

/** Of all calls; each has some of them. */
interface Arguments {
  readonly MinCapacity: number;
  readonly Value: string;
  readonly IfMatch: string;
  readonly TargetDbClusterIdentifier: string;
  readonly SecretId: string;
  readonly DbInstanceIdentifier: string;
}

type Service = (given: Arguments) => unknown;
export type ServiceName = FailoverCall | 'cloudwatch:putMetricData' | 'sns:publish';

/** Both regions as the services see them, and what was asked of them. */
export class World {
  public readonly calls: { readonly name: ServiceName; readonly given: Readonly<Record<string, unknown>> }[] = [];
  public routing: Record<string, unknown> = { redirects: true };
  public version = 1;
  public writer = HOME.databaseClusterArn;
  public least = 0;
  public lagMillis: number | undefined = 900;
  public replicas = new Set(['session-keys', 'token-keys']);
  public poolFollows = true;
  /** Instances of the other cluster; headless at first. */
  public instances = new Set<string>();
  public healthy = true;
  /** What operators answer; they are silent when absent. */
  public approval: 'yes' | 'no' | undefined;

  private readonly services: Readonly<Record<Exclude<ServiceName, 'sns:publish'>, Service>> = {
    'applicationautoscaling:registerScalableTarget': ({ MinCapacity }) => {
      this.least = MinCapacity;
    },
    'applicationautoscaling:describeScalableTargets': () => ({ ScalableTargets: [{ MinCapacity: this.least }] }),
    'ecs:describeServices': () => ({ Services: [{ RunningCount: this.least }] }),
    'cloudfrontkeyvaluestore:describeKeyValueStore': () => ({ ETag: `v${this.version}` }),
    'cloudfrontkeyvaluestore:getKey': () => ({ Key: 'routing', Value: JSON.stringify(this.routing) }),
    'cloudfrontkeyvaluestore:putKey': ({ Value, IfMatch }) => {
      if (IfMatch !== `v${this.version}`) throw new Error('the store has another version');
      this.routing = JSON.parse(Value) as Record<string, unknown>;
      this.version += 1;
    },
    'cloudwatch:getMetricStatistics': () => ({
      Datapoints: this.lagMillis === undefined ? [] : [{ Timestamp: '2026-01-01T00:00:00Z', Maximum: this.lagMillis }],
    }),
    'cloudwatch:putMetricData': () => ({}),
    'lambda:invoke': () => ({ StatusCode: 200, Payload: { healthy: this.healthy } }),
    'rds:describeGlobalClusters': () => ({
      GlobalClusters: [
        {
          Status: 'available',
          GlobalClusterMembers: [HOME, AWAY].map(({ databaseClusterArn: DbClusterArn }) => ({
            DbClusterArn,
            IsWriter: DbClusterArn === this.writer,
          })),
        },
      ],
    }),
    'rds:switchoverGlobalCluster': ({ TargetDbClusterIdentifier }) => {
      this.writer = TargetDbClusterIdentifier;
    },
    'rds:failoverGlobalCluster': ({ TargetDbClusterIdentifier }) => {
      this.writer = TargetDbClusterIdentifier;
    },
    'rds:createDBInstance': ({ DbInstanceIdentifier }) => void this.instances.add(DbInstanceIdentifier),
    'rds:deleteDBInstance': ({ DbInstanceIdentifier }) => void this.instances.delete(DbInstanceIdentifier),
    'rds:describeDBInstances': () => ({
      DbInstances: [...this.instances].map((DbInstanceIdentifier) => ({
        DbInstanceIdentifier,
        DbInstanceStatus: 'available',
      })),
    }),
    'rds:describeDBProxyTargets': () => ({
      Targets: [
        {
          Role: this.poolFollows && this.writer === AWAY.databaseClusterArn ? 'READ_WRITE' : 'READ_ONLY',
          TargetHealth: { State: 'AVAILABLE' },
        },
      ],
    }),
    'rds:registerDBProxyTargets': () => {
      this.poolFollows = true;
    },
    'secretsmanager:describeSecret': ({ SecretId }) =>
      this.replicas.has(SecretId) ? { PrimaryRegion: 'us-east-1' } : {},
    'secretsmanager:stopReplicationToReplica': ({ SecretId }) => void this.replicas.delete(SecretId),
  };

  /**
   * Plays the program in this world.
   *
   * @param breaks called before every call of a service: what it throws is the service's error, a number is how many
   *   seconds the service takes, and `answer lost` lets the service do what it was asked for and fail then
   */
  public async play(
    input: unknown,
    breaks: (name: ServiceName) => number | 'answer lost' | undefined = () => undefined,
  ) {
    const clock = new JumpingClock();
    const start = clock.now();
    const handler =
      (name: ServiceName, service: Service): TaskHandler =>
      async ({ arguments: given, sleep }) => {
        this.calls.push({ name, given: given as Readonly<Record<string, unknown>> });
        const fault = breaks(name);
        if (typeof fault === 'number') await sleep(fault);
        const answer = service(given as Arguments);
        if (fault === 'answer lost') throw new Error(fault);
        return answer;
      };
    const rows = Object.entries(this.services) as [ServiceName, Service][];
    const handlers = Object.fromEntries(
      rows.map(([name, service]) => [name === 'lambda:invoke' ? name : `aws-sdk:${name}`, handler(name, service)]),
    );
    const ask: TaskHandler = ({ arguments: given, token = '' }) => {
      this.calls.push({ name: 'sns:publish', given: given as Readonly<Record<string, unknown>> });
      if (this.approval === 'yes') execution.sendTaskSuccess(token, {});
      if (this.approval === 'no') execution.sendTaskFailure(token, 'Declined');
    };
    const machine = new StateMachine(definition, { handlers: { ...handlers, 'sns:publish': ask }, clock });
    const execution = machine.start(input);
    const result = await execution.result;
    return { ...result, history: execution.history, seconds: (clock.now() - start) / 1000 };
  }

  /** The calls that change something, in order. */
  public get changes(): readonly string[] {
    return this.calls.flatMap(({ name, given }) => {
      if (/:(describe|get|invoke)/u.test(name)) return [];
      const detail =
        given['Value'] ??
        given['MinCapacity'] ??
        given['TargetDbClusterIdentifier'] ??
        given['SecretId'] ??
        given['DbInstanceIdentifier'];
      return [`${name.split(':')[1]} ${detail === undefined ? '' : String(detail)}`.trim()];
    });
  }
}
