import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AccessLogDelivery, type AccessLogDeliveryProps } from '../constructs/edge/access-log-delivery';

export interface EdgeLogsStackProps extends StackProps {
  readonly accessLog: AccessLogDeliveryProps;
}

/** Tells CloudFront where its access log goes; AWS takes that from us-east-1 only, and after the distribution exists. */
export class EdgeLogsStack extends Stack {
  public constructor(scope: Construct, id: string, props: EdgeLogsStackProps) {
    super(scope, id, props);
    new AccessLogDelivery(this, 'AccessLog', props.accessLog);
  }
}
