import { type CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { PlatformFunction } from '../function/platform-function';
import { type BackgroundFunctionProps, backgroundFunction } from './background-function';
import type { EventBus } from './event-bus';

export interface OrderSagaProps extends BackgroundFunctionProps {
  readonly bus: EventBus;
}

/** A step forward is given up soon: somebody waits for the order. */
const FORWARD = { attempts: 3, interval: Duration.seconds(1), longest: Duration.seconds(10) };
/** A step back is given up late: what was done must be undone. */
const BACK = { attempts: 12, interval: Duration.seconds(2), longest: Duration.minutes(10) };
/** Of one attempt; the function itself ends before. */
const STEP_TIMEOUT = Duration.seconds(15);

/** Errors that say something about the order: trying again would change nothing. */
const FINAL_ERRORS = ['OutOfStockError', 'PaymentDeclinedError', 'OrderNotOpenError'];

/**
 * Brings an order to its end: reserve, charge, confirm; or, when one of them fails, undo what was done. Stopping the
 * order comes first on the way back, so that a step forward that is late does nothing any more.
 */
export class OrderSaga extends Construct {
  public readonly stateMachine: sfn.StateMachine;

  /** The function that takes the steps. */
  public readonly steps: PlatformFunction;

  public constructor(scope: Construct, id: string, props: OrderSagaProps) {
    super(scope, id);
    this.steps = new PlatformFunction(this, 'Steps', {
      ...backgroundFunction(props, 2),
      name: 'order-saga',
      description: 'Takes the steps of an order',
      timeout: Duration.seconds(10),
    });
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      comment: 'An order: reserve, charge, confirm, or undo what was done',
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(this.definition()),
      // Above the longest way back with all its retries.
      timeout: Duration.hours(24),
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'Logs', { retention: props.logRetention }),
        level: sfn.LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.acknowledgeGrants();
    props.bus.subscribe('OrderPlaced', {
      description: 'Orders to bring to their end',
      types: ['OrderPlaced'],
      target: (options) =>
        new SfnStateMachine(this.stateMachine, {
          ...options,
          input: events.RuleTargetInput.fromObject({ orderId: events.EventField.fromPath('$.detail.data.orderId') }),
        }),
    });
  }

  /** Orders that could be neither confirmed nor cancelled: somebody must look. Sum over 1 minute. */
  public metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed({ statistic: 'Sum', period: Duration.minutes(1), ...options });
  }

  /** Orders that took longer than a day. Sum over 1 minute. */
  public metricTimedOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTimedOut({ statistic: 'Sum', period: Duration.minutes(1), ...options });
  }

  private definition(): sfn.IChainable {
    const confirmed = sfn.Succeed.jsonata(this, 'Confirmed', { outputs: { status: 'confirmed' } });
    const back = this.wayBack(confirmed);
    const reserve = this.step('Reserve', 'reserve', FORWARD);
    const charge = this.step('Charge', 'charge', FORWARD);
    const confirm = this.step('Confirm', 'confirm', FORWARD);
    reserve.addCatch(back, { errors: ['OutOfStockError'], assign: { reason: 'out-of-stock' } });
    charge.addCatch(back, { errors: ['PaymentDeclinedError'], assign: { reason: 'payment-declined' } });
    for (const step of [reserve, charge, confirm]) {
      step.addCatch(back, { errors: [sfn.Errors.ALL], assign: { reason: 'failed' } });
    }
    return reserve.next(charge).next(confirm).next(confirmed);
  }

  private wayBack(confirmed: sfn.IChainable): sfn.IChainable {
    const cancelled = sfn.Succeed.jsonata(this, 'Cancelled', {
      outputs: { status: 'cancelled', reason: '{% $reason %}' },
    });
    const undo = this.step('Refund', 'refund', BACK)
      .next(this.step('Release', 'release', BACK))
      .next(this.step('Cancel', 'cancel', BACK))
      .next(cancelled);
    return this.step('Stop', 'stop', BACK, { reason: '{% $reason %}' }).next(
      sfn.Choice.jsonata(this, 'ConfirmedAlready')
        .when(sfn.Condition.jsonata("{% $states.input.status = 'confirmed' %}"), confirmed)
        .otherwise(undo),
    );
  }

  private step(
    id: string,
    step: string,
    { attempts, interval, longest }: typeof FORWARD,
    payload: Readonly<Record<string, string>> = {},
  ): tasks.LambdaInvoke {
    const task = tasks.LambdaInvoke.jsonata(this, id, {
      lambdaFunction: this.steps.function,
      payload: sfn.TaskInput.fromObject({ step, orderId: '{% $states.context.Execution.Input.orderId %}', ...payload }),
      outputs: '{% $states.result.Payload %}',
      taskTimeout: sfn.Timeout.duration(STEP_TIMEOUT),
      // The retries below are for those errors too.
      retryOnServiceExceptions: false,
    });
    task.addRetry({ errors: FINAL_ERRORS, maxAttempts: 0 });
    task.addRetry({
      errors: [sfn.Errors.ALL],
      maxAttempts: attempts,
      interval,
      maxDelay: longest,
      backoffRate: 2,
      jitterStrategy: sfn.JitterType.FULL,
    });
    return task;
  }

  private acknowledgeGrants(): void {
    const steps = Stack.of(this).getLogicalId(this.steps.function.node.defaultChild as CfnElement);
    Validations.of(this.stateMachine.role).acknowledge(
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'tracing and the delivery of logs have no resource to name',
      },
      {
        id: `AwsSolutions-IAM5[Resource::<${Stack.of(this).resolve(steps)}.Arn>:*]`,
        reason: 'versions and aliases of the one function that takes the steps',
      },
    );
  }
}
