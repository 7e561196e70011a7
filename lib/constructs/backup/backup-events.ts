import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface BackupEventsProps {
  /** CloudWatch namespace of every metric. */
  readonly metricsNamespace: string;

  /**
   * How long the events are kept.
   *
   * @default RetentionDays.ONE_YEAR
   */
  readonly retention?: logs.RetentionDays;
}

/** Source and type of the event that a restore test ends with (lib/constructs/recovery/restore-validation.ts). */
export const RESTORE_TEST = { source: 'headroom.recovery', detailType: 'Restore Test Finished' } as const;

/** Types of resources that the platform backs up, as AWS Backup calls them. */
export type BackedUpType = 'Aurora' | 'S3';

const ENDED_BADLY = ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'];

/**
 * Counts what became of backups, copies and restore tests. The metrics of AWS Backup itself say nothing about a copy
 * that never began, nor how old the restored data was; the events that it sends say both, and are kept as evidence.
 */
export class BackupEvents extends Construct {
  /** Every event, as it came. */
  public readonly logGroup: logs.LogGroup;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupEventsProps,
  ) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'Log', { retention: props.retention ?? logs.RetentionDays.ONE_YEAR });
    this.collect();
    this.countJobs('backup', 'Backup Job State Change');
    this.countJobs('copy', 'Copy Job State Change');
    this.countRestoreTests();
  }

  /** Recovery points that were made. Sum over a day; none is as bad as one that failed. */
  public metricBackupsCompleted(type: BackedUpType, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('backup_completed_total', { type }, options);
  }

  /** Recovery points that could not be made, or only in part. Sum over a day. */
  public metricBackupsFailed(type: BackedUpType, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('backup_failed_total', { type }, options);
  }

  /** Copies that the recovery region got. Sum over a day; none is as bad as one that failed. */
  public metricCopiesCompleted(type: BackedUpType, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('copy_completed_total', { type }, options);
  }

  /** Copies that the recovery region did not get. Sum over a day. */
  public metricCopiesFailed(type: BackedUpType, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('copy_failed_total', { type }, options);
  }

  /** Restore tests whose data was what it should be. Sum over a day. */
  public metricRestoreTestsPassed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('restore_tests_passed_total', {}, options);
  }

  /** Restore tests that failed or whose data was not what it should be. Sum over a day. */
  public metricRestoreTestsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('restore_tests_failed_total', {}, options);
  }

  /** From the order to restore until the restored database answered. Maximum over a day. */
  public metricRestoreSeconds(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('restore_seconds', {}, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** From the newest change in the restored data until the order to restore. Maximum over a day. */
  public metricDataLossSeconds(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('data_loss_seconds', {}, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  private metric(
    metricName: string,
    dimensions: Readonly<Record<string, string>>,
    options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: this.props.metricsNamespace,
      metricName,
      dimensionsMap: dimensions,
      statistic: cloudwatch.Stats.SUM,
      period: Duration.days(1),
      ...options,
    });
  }

  /** Straight into the log group: nothing runs in between that could fail. */
  private collect(): void {
    const { logGroup } = this;
    const arn = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: logGroup.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    logGroup.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [
          new iam.ServicePrincipal('events.amazonaws.com'),
          new iam.ServicePrincipal('delivery.logs.amazonaws.com'),
        ],
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    new events.Rule(this, 'Rule', {
      description: 'What became of backups, copies and restore tests',
      eventPattern: {
        source: ['aws.backup', RESTORE_TEST.source],
        detailType: ['Backup Job State Change', 'Copy Job State Change', RESTORE_TEST.detailType],
      },
      targets: [{ bind: () => ({ arn }) }],
    });
  }

  private countJobs(what: 'backup' | 'copy', detailType: string): void {
    const ended = (states: readonly string[]): logs.IFilterPattern =>
      logs.FilterPattern.literal(
        `{ $.detail-type = "${detailType}" && (${states.map((state) => `$.detail.state = "${state}"`).join(' || ')}) }`,
      );
    const dimensions = { type: '$.detail.resourceType' };
    this.count(`${what}_completed_total`, ended(['COMPLETED']), { dimensions });
    this.count(`${what}_failed_total`, ended(ENDED_BADLY), { dimensions });
  }

  private countRestoreTests(): void {
    const finished = (rest: string): logs.IFilterPattern =>
      logs.FilterPattern.literal(`{ $.detail-type = "${RESTORE_TEST.detailType}" && ${rest} }`);
    this.count('restore_tests_passed_total', finished('$.detail.passed IS TRUE'));
    this.count('restore_tests_failed_total', finished('$.detail.passed IS FALSE'));
    this.count('restore_seconds', finished('$.detail.restoreSeconds > 0'), { metricValue: '$.detail.restoreSeconds' });
    this.count('data_loss_seconds', finished('$.detail.dataLossSeconds >= 0'), {
      metricValue: '$.detail.dataLossSeconds',
    });
  }

  private count(
    metricName: string,
    filterPattern: logs.IFilterPattern,
    options: Pick<logs.MetricFilterOptions, 'dimensions' | 'metricValue'> = {},
  ): void {
    new logs.MetricFilter(this, metricName, {
      logGroup: this.logGroup,
      filterPattern,
      metricNamespace: this.props.metricsNamespace,
      metricName,
      metricValue: '1',
      ...options,
    });
  }
}
