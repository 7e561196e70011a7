import { Duration } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import { Construct } from 'constructs';
import { autoScalingRole } from '../../shared/service-linked-role';
import { assertNoProblems, inRange, integerInRange } from '../../shared/validation';
import type { AuroraDatabase } from './aurora-database';
import { MAX_READERS } from './database-settings';

/** What an environment decides about the readers that come and go. */
export interface ReaderScalingSettings {
  /** Most readers, the fixed ones included. */
  readonly maxReaders: number;

  /** What is kept near its target by adding and removing readers, on average over the readers. */
  readonly target:
    | { readonly kind: 'cpu'; readonly percent: number }
    | { readonly kind: 'connections'; readonly perReader: number };

  /**
   * Time after a reader was added before the next one is.
   *
   * @default Duration.minutes(5)
   */
  readonly scaleOutCooldown?: Duration;

  /**
   * Time after a reader was removed before the next one is.
   *
   * @default Duration.minutes(15)
   */
  readonly scaleInCooldown?: Duration;
}

export interface ReaderScalingProps extends ReaderScalingSettings {
  /** The database whose readers scale. */
  readonly database: AuroraDatabase;
}

/**
 * Adds plain readers to a database under load and takes them away again. Those readers get the writer's size and the
 * last promotion tier, so a failover prefers the fixed ones.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html
 */
export class ReaderScaling extends Construct {
  /** The underlying scalable target, for schedules and further policies. */
  public readonly target: appscaling.ScalableTarget;

  public constructor(scope: Construct, id: string, props: ReaderScalingProps) {
    super(scope, id);
    assertNoProblems(this, readerScalingProblems(props, props.database.readers));

    const { cluster, readers } = props.database;
    this.target = new appscaling.ScalableTarget(this, 'Resource', {
      serviceNamespace: appscaling.ServiceNamespace.RDS,
      scalableDimension: 'rds:cluster:ReadReplicaCount',
      resourceId: `cluster:${cluster.clusterIdentifier}`,
      minCapacity: readers,
      maxCapacity: props.maxReaders,
      role: autoScalingRole(this, 'rds'),
    });
    // Registration fails until the instances are there.
    this.target.node.addDependency(cluster);
    this.target.scaleToTrackMetric('Readers', {
      ...tracking(props.target),
      scaleOutCooldown: props.scaleOutCooldown ?? Duration.minutes(5),
      scaleInCooldown: props.scaleInCooldown ?? Duration.minutes(15),
    });
  }
}

function tracking(target: ReaderScalingSettings['target']) {
  return target.kind === 'cpu'
    ? {
        predefinedMetric: appscaling.PredefinedMetric.RDS_READER_AVERAGE_CPU_UTILIZATION,
        targetValue: target.percent,
      }
    : {
        predefinedMetric: appscaling.PredefinedMetric.RDS_READER_AVERAGE_DATABASE_CONNECTIONS,
        targetValue: target.perReader,
      };
}

/** Problems with readers that scale from `readers` fixed ones. */
export function readerScalingProblems({ maxReaders, target }: ReaderScalingSettings, readers: number): string[] {
  return [
    ...(readers >= 1
      ? []
      : [
          '`database.readers` must be at least 1 for readers to scale, got 0: auto scaling reads the metrics of a reader, ' +
            'and without one it never starts',
        ]),
    ...integerInRange('maxReaders', maxReaders, 1, MAX_READERS),
    ...(maxReaders >= readers
      ? []
      : [`\`maxReaders\` must not be below \`database.readers\`, got ${maxReaders} and ${readers}`]),
    ...(target.kind === 'cpu'
      ? inRange('target.percent', target.percent, 1, 99)
      : integerInRange('target.perReader', target.perReader, 1, 5000)),
  ];
}
