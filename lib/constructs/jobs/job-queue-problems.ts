import { Duration } from 'aws-cdk-lib';
import { integerInRange, secondsInRange } from '../../shared/validation';
import type { JobQueueProps } from './job-queue-props';

/** As AWS advises for queues that Lambda reads: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const VISIBILITY_FACTOR = 6;

/** Longest that SQS hides a message; and so the longest job is a sixth of it. */
const LONGEST_VISIBILITY = 43_200;

/** Everything that is wrong with `props`; limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export function jobQueueProblems(props: JobQueueProps): string[] {
  return [
    ...secondsInRange('jobTimeout', props.jobTimeout, 1, LONGEST_VISIBILITY / VISIBILITY_FACTOR),
    ...secondsInRange('visibilityTimeout', props.visibilityTimeout, 1, LONGEST_VISIBILITY),
    ...secondsInRange('retention', props.retention, 60, 1_209_600),
    ...secondsInRange('deadLetterRetention', props.deadLetterRetention, 60, 1_209_600),
    ...integerInRange('maxReceives', props.maxReceives, 1, 1000),
    ...visibilityProblems(props),
    ...retentionProblems(props),
  ];
}

function visibilityProblems({ jobTimeout, visibilityTimeout }: JobQueueProps): string[] {
  if (visibilityTimeout === undefined || visibilityTimeout.toSeconds() >= jobTimeout.toSeconds()) return [];
  return [
    '`visibilityTimeout` must not be below `jobTimeout`, got ' +
      `${visibilityTimeout.toHumanString()} and ${jobTimeout.toHumanString()}: a job would be handed out again while it ` +
      'is being done; leave it out for six times as long',
  ];
}

/** A message that moves to the dead letters keeps the time at which it was sent. */
function retentionProblems({ retention, deadLetterRetention }: JobQueueProps): string[] {
  const [jobs, dead] = [retention ?? Duration.days(4), deadLetterRetention ?? Duration.days(14)];
  if (dead.toSeconds() > jobs.toSeconds()) return [];
  return [
    '`deadLetterRetention` must be above `retention`, got ' +
      `${dead.toHumanString()} and ${jobs.toHumanString()}: its time counts from when the job was sent, so a dead ` +
      'letter could vanish as it arrives',
  ];
}
