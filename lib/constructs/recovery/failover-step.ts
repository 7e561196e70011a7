/** `graceful`: both regions are well, nothing may be lost. `ungraceful`: the other region is gone. */
export type FailoverMode = 'graceful' | 'ungraceful';

/** The calls of AWS services that the program makes, as Step Functions names them, with the permission each needs. */
export const FAILOVER_CALLS = {
  'applicationautoscaling:describeScalableTargets': 'application-autoscaling:DescribeScalableTargets',
  'applicationautoscaling:registerScalableTarget': 'application-autoscaling:RegisterScalableTarget',
  'cloudfrontkeyvaluestore:describeKeyValueStore': 'cloudfront-keyvaluestore:DescribeKeyValueStore',
  'cloudfrontkeyvaluestore:getKey': 'cloudfront-keyvaluestore:GetKey',
  'cloudfrontkeyvaluestore:putKey': 'cloudfront-keyvaluestore:PutKey',
  'cloudwatch:getMetricStatistics': 'cloudwatch:GetMetricStatistics',
  'ecs:describeServices': 'ecs:DescribeServices',
  'lambda:invoke': 'lambda:InvokeFunction',
  'rds:createDBInstance': 'rds:CreateDBInstance',
  'rds:deleteDBInstance': 'rds:DeleteDBInstance',
  'rds:describeDBInstances': 'rds:DescribeDBInstances',
  'rds:describeDBProxyTargets': 'rds:DescribeDBProxyTargets',
  'rds:describeGlobalClusters': 'rds:DescribeGlobalClusters',
  'rds:failoverGlobalCluster': 'rds:FailoverGlobalCluster',
  'rds:registerDBProxyTargets': 'rds:RegisterDBProxyTargets',
  'rds:switchoverGlobalCluster': 'rds:SwitchoverGlobalCluster',
  'secretsmanager:describeSecret': 'secretsmanager:DescribeSecret',
  'secretsmanager:stopReplicationToReplica': 'secretsmanager:StopReplicationToReplica',
} as const;

export type FailoverCall = keyof typeof FAILOVER_CALLS;

/** One call; texts like `{% … %}` are JSONata on the variables of the program. */
export interface Call {
  readonly call: FailoverCall;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Variables that later states see. */
  readonly assign?: Readonly<Record<string, unknown>>;
}

/** A call whose answer says whether something is so. */
export interface Check extends Call {
  /** JSONata on `$states.result`: true when it is so. */
  readonly holds: string;
}

/** What brings something about, and how one knows that it is so. Doing it again does no harm. */
export interface Change {
  /** One sentence for the runbook. */
  readonly text: string;
  /** In order; none when there is only something to wait for. */
  readonly calls: readonly Call[];
  /** Asked before, so that what is done already is not done again, and after, until it holds. */
  readonly until: Check;
}

/** One step of moving the platform to the other region. */
export interface FailoverStep {
  readonly id: string;
  readonly title: string;

  /** Who sees to it when the program does not run. */
  readonly who: 'program' | 'database engineer' | 'platform engineer';

  /** @default - both */
  readonly modes?: readonly FailoverMode[];

  /** What must be true before, or the program stops and takes back what it did. */
  readonly precondition: { readonly text: string; readonly check?: Check };

  readonly action: Change;

  /** How the step is taken back; or why it need not, or cannot, be. From a step that cannot be, one only goes forward. */
  readonly undo: Change | { readonly harmless: string } | { readonly impossible: string };

  /** After so long the step has failed. */
  readonly timeoutSeconds: number;

  /** Waited once it is done, for what nobody can ask about. */
  readonly settleSeconds?: number;
}
