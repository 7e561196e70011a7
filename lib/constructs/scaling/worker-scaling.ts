import { Duration } from 'aws-cdk-lib';
import { AdjustmentType, MetricAggregationType, StepScalingAction } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { assertNoProblems, inRange, integerInRange, secondsInRange } from '../../shared/validation';
import type { WorkerService } from '../container-service/worker-service';
import { scalableTargetOf } from './scalable-target';

export interface WorkerScalingProps {
  /** The workers. */
  readonly workers: WorkerService;

  /** Where they take their work from. */
  readonly queue: sqs.IQueue;

  /** Longest that a message should wait. */
  readonly maxWait: Duration;

  /** Mean time that a worker needs for one message, measured. */
  readonly messageTime: Duration;

  /**
   * Messages that one worker handles at the same time.
   *
   * @default 1
   */
  readonly concurrency?: number;

  /**
   * Minutes with too large a backlog before workers are added.
   *
   * @default 3
   */
  readonly outMinutes?: number;

  /**
   * Minutes with hardly any work before workers are removed.
   *
   * @default 10
   */
  readonly inMinutes?: number;

  /**
   * Pause after workers were added; the metrics need about two minutes to show them.
   *
   * @default Duration.minutes(3)
   */
  readonly outCooldown?: Duration;

  /**
   * Pause after workers were removed.
   *
   * @default Duration.minutes(5)
   */
  readonly inCooldown?: Duration;
}

/** Share of the acceptable backlog below which a fleet is too large. */
const IDLE_SHARE = 0.1;

/**
 * Moves workers on the backlog per task: the messages that wait, divided by the tasks that run. More messages than a
 * task can handle within the longest wait add workers in proportion to the fleet; hardly any work removes a fifth.
 */
export class WorkerScaling extends Construct {
  /** Messages that may wait per task: what one handles within the longest wait. */
  public readonly acceptableBacklog: number;

  /** The alarms that scale: the backlog is too large, and there is hardly any work. */
  public readonly alarms: readonly cloudwatch.Alarm[];

  private readonly workers: WorkerService;
  private readonly queue: sqs.IQueue;

  public constructor(scope: Construct, id: string, props: WorkerScalingProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));
    this.workers = props.workers;
    this.queue = props.queue;
    this.acceptableBacklog = acceptableBacklog(props);
    this.alarms = [this.addOut(props), this.addIn(props)];
  }

  /**
   * Messages that wait for each running task. No data while the number of tasks has not arrived: without it nobody
   * knows.
   */
  public metricBacklogPerTask(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return this.perTask('waiting / tasks', 'messages waiting per task', options);
  }

  /** Messages that wait or are being handled, for each running task. */
  public metricWorkPerTask(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return this.perTask('(waiting + handled) / tasks', 'messages waiting and in work per task', options);
  }

  private addOut(props: WorkerScalingProps): cloudwatch.Alarm {
    const action = this.action('BacklogPolicy', props.outCooldown ?? Duration.minutes(3));
    // Half as many again up to twice the acceptable backlog, twice as many beyond.
    action.addAdjustment({ lowerBound: 0, upperBound: this.acceptableBacklog, adjustment: 50 });
    action.addAdjustment({ lowerBound: this.acceptableBacklog, adjustment: 100 });
    return this.alarm('Backlog', action, {
      alarmDescription: `Adds workers: more than ${this.acceptableBacklog} messages wait per task`,
      metric: this.metricBacklogPerTask(),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: this.acceptableBacklog,
      evaluationPeriods: props.outMinutes ?? 3,
    });
  }

  private addIn(props: WorkerScalingProps): cloudwatch.Alarm {
    const threshold = this.acceptableBacklog * IDLE_SHARE;
    const action = this.action('IdlePolicy', props.inCooldown ?? Duration.minutes(5));
    action.addAdjustment({ upperBound: 0, adjustment: -20 });
    return this.alarm('Idle', action, {
      alarmDescription: `Removes workers: fewer than ${threshold} messages per task wait or are in work`,
      metric: this.metricWorkPerTask(),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold,
      evaluationPeriods: props.inMinutes ?? 10,
    });
  }

  private action(id: string, cooldown: Duration): StepScalingAction {
    return new StepScalingAction(this, id, {
      scalingTarget: scalableTargetOf(this.workers.scaling),
      adjustmentType: AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
      minAdjustmentMagnitude: 1,
      cooldown,
      metricAggregationType: MetricAggregationType.AVERAGE,
    });
  }

  private alarm(
    id: string,
    action: StepScalingAction,
    props: Omit<cloudwatch.AlarmProps, 'datapointsToAlarm' | 'treatMissingData'>,
  ): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, id, {
      ...props,
      datapointsToAlarm: props.evaluationPeriods,
      // A queue that was silent for six hours reports nothing; by then the fleet is as small as it gets.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new ApplicationScalingAction(action));
    return alarm;
  }

  private perTask(
    expression: string,
    label: string,
    options?: cloudwatch.MathExpressionOptions,
  ): cloudwatch.MathExpression {
    const period = Duration.minutes(1);
    const sum = { statistic: cloudwatch.Stats.MAXIMUM, period };
    return new cloudwatch.MathExpression({
      label,
      ...options,
      period,
      expression,
      usingMetrics: {
        waiting: this.queue.metricApproximateNumberOfMessagesVisible(sum),
        tasks: this.workers.metricRunningTasks(),
        ...(expression.includes('handled') && {
          handled: this.queue.metricApproximateNumberOfMessagesNotVisible(sum),
        }),
      },
    });
  }
}

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html, "acceptable backlog per instance". */
function acceptableBacklog({ maxWait, messageTime, concurrency }: WorkerScalingProps): number {
  return Math.floor((maxWait.toMilliseconds() / messageTime.toMilliseconds()) * (concurrency ?? 1));
}

function validate(props: WorkerScalingProps): string[] {
  const problems = [
    ...secondsInRange('maxWait', props.maxWait, 1, 86_400),
    ...inRange('messageTime (milliseconds)', props.messageTime.toMilliseconds(), 1, 43_200_000),
    ...integerInRange('concurrency', props.concurrency, 1, 1000),
    ...integerInRange('outMinutes', props.outMinutes, 1, 1440),
    ...integerInRange('inMinutes', props.inMinutes, 1, 1440),
    ...secondsInRange('outCooldown', props.outCooldown, 10, 3600),
    ...secondsInRange('inCooldown', props.inCooldown, 10, 3600),
  ];
  if (problems.length > 0 || acceptableBacklog(props) >= 1) return problems;
  return [
    '`maxWait` must not be shorter than `messageTime` / `concurrency`, got ' +
      `${props.maxWait.toHumanString()} and ${props.messageTime.toHumanString()} / ${props.concurrency ?? 1}; ` +
      'not even one message could wait',
  ];
}
