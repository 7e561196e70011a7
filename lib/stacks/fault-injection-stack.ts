import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FaultInjection, type FaultInjectionProps } from '../constructs/recovery/fault-injection';

export interface FaultInjectionStackProps extends StackProps {
  readonly faults: FaultInjectionProps;
}

/** Experiments that break the platform on purpose. Stateless; it goes without a trace when nobody wants it. */
export class FaultInjectionStack extends Stack {
  public constructor(scope: Construct, id: string, { faults, ...props }: FaultInjectionStackProps) {
    super(scope, id, props);
    new FaultInjection(this, 'Faults', faults);
  }
}
