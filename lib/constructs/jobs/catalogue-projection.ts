import { Duration } from 'aws-cdk-lib';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { PlatformFunction } from '../function/platform-function';
import { type BackgroundFunctionProps, backgroundFunction } from './background-function';
import type { EventBus } from './event-bus';

export interface CatalogueProjectionProps extends BackgroundFunctionProps {
  readonly bus: EventBus;
}

/** Keeps the read model of the catalogue up to date with the events of the items. */
export class CatalogueProjection extends Construct {
  public readonly projector: PlatformFunction;

  public constructor(scope: Construct, id: string, props: CatalogueProjectionProps) {
    super(scope, id);
    this.projector = new PlatformFunction(this, 'Function', {
      ...backgroundFunction(props, 2),
      name: 'catalogue-projector',
      description: 'Keeps the read model of the catalogue up to date',
      timeout: Duration.seconds(10),
      onFailure: 'queue',
    });
    props.bus.subscribe('ItemChanged', {
      description: 'Items for the read model of the catalogue',
      types: ['ItemChanged'],
      target: (options) => new LambdaFunction(this.projector.function, options),
    });
  }
}
