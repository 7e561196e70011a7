import { Duration, Validations } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** A queue for the events that a function gave up, kept as long as SQS keeps anything. */
export function createFailureQueue(scope: Construct): sqs.Queue {
  const queue = new sqs.Queue(scope, 'Failures', {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'it is where events end that were given up; people read it',
  });
  return queue;
}

/** With the error and the number of attempts in each message, which a dead-letter queue would not have. */
export function failureDestination(queue: sqs.Queue): lambda.IDestination {
  return new SqsDestination(queue);
}
