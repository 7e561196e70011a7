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

  /** How long in every minute it looks for events, 0 to 50 seconds; with 0 it looks once. */
  readonly relay: Duration;
}

/** Publishes the events that committed transactions left in the outbox. */
export class OutboxRelay extends Construct {
  /** The function that does it; one at a time. */
  public readonly relay: PlatformFunction;

  /** @throws InvalidPropsError when it would run into its successor */
  public constructor(scope: Construct, id: string, props: OutboxRelayProps) {
    super(scope, id);
    assertNoProblems(this, secondsInRange('relay', props.relay, 0, 50));
    this.relay = new PlatformFunction(this, 'Function', {
      ...backgroundFunction(props, 1),
      name: 'outbox-relay',
      description: 'Publishes the events that committed transactions left in the outbox',
      timeout: Duration.seconds(60),
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
