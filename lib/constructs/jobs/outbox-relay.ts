import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { assertNoProblems, secondsInRange } from '../../shared/validation';
import { PlatformFunction } from '../function/platform-function';
import { type BackgroundFunctionProps, backgroundFunction } from './background-function';
import type { EventBus } from './event-bus';

export interface OutboxRelayProps extends BackgroundFunctionProps {
  readonly bus: EventBus;

  /**
   * How long it looks for events after each start, which is every minute: 0 to 65 seconds. With 0 it looks once; with
   * more than 60 one begins before the other ends, and no event waits.
   */
  readonly relay: Duration;
}

/** One begins while the other ends; they pass over each other's events. */
const EXECUTIONS = 2;

/** Publishes the events that committed transactions left in the outbox. */
export class OutboxRelay extends Construct {
  /** The function that does it. */
  public readonly relay: PlatformFunction;

  /** @throws InvalidPropsError when a third one would begin before the first one ends */
  public constructor(scope: Construct, id: string, props: OutboxRelayProps) {
    super(scope, id);
    assertNoProblems(this, secondsInRange('relay', props.relay, 0, 65));
    this.relay = new PlatformFunction(this, 'Function', {
      ...backgroundFunction(props, EXECUTIONS),
      name: 'outbox-relay',
      description: 'Publishes the events that committed transactions left in the outbox',
      timeout: Duration.seconds(90),
      environment: { EVENT_BUS: props.bus.bus.eventBusName, RELAY_SECONDS: String(props.relay.toSeconds()) },
      // The next one takes over what this one leaves.
      onFailure: 'queue',
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
    });
    props.bus.grantPublish(this.relay);
    new events.Rule(this, 'EveryMinute', {
      description: 'Publishes what waits in the outbox',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.relay.function, { maxEventAge: Duration.minutes(1), retryAttempts: 0 })],
    });
  }
}
