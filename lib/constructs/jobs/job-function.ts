import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { assertNoProblems, integerInRange } from '../../shared/validation';
import { PlatformFunction } from '../function/platform-function';
import { type BackgroundFunctionProps, backgroundFunction } from './background-function';
import type { FunctionProcessing } from './background-settings';
import type { JobQueue } from './job-queue';

export interface JobFunctionProps extends BackgroundFunctionProps, Omit<FunctionProcessing, 'kind'> {
  readonly jobs: JobQueue;
}

/** Longest run of a function. */
const LONGEST_SECONDS = 900;

/** Does jobs in a function; of a batch only what failed stays in the queue. */
export class JobFunction extends Construct {
  public readonly processor: PlatformFunction;

  /** @throws InvalidPropsError with every problem */
  public constructor(scope: Construct, id: string, props: JobFunctionProps) {
    super(scope, id);
    const { jobs, maxConcurrency } = props;
    assertNoProblems(this, validate(props));
    this.processor = new PlatformFunction(this, 'Function', {
      ...backgroundFunction(props, maxConcurrency),
      name: 'job-processor',
      description: 'Does the jobs of the queue',
      timeout: jobs.jobTimeout,
      environment: jobs.workEnvironment(),
    });
    jobs.grantWork(this.processor);
    this.processor.function.addEventSource(
      new SqsEventSource(jobs.queue, { batchSize: 10, maxConcurrency, reportBatchItemFailures: true }),
    );
  }
}

function validate({ jobs: { jobTimeout }, maxConcurrency }: JobFunctionProps): string[] {
  return [
    // Below 2 Lambda refuses it: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    ...integerInRange('maxConcurrency', maxConcurrency, 2, 1000),
    ...(jobTimeout.toSeconds() <= LONGEST_SECONDS
      ? []
      : [`\`jobTimeout\` must not be above 15 minutes in a function, got ${jobTimeout.toHumanString()}; use workers`]),
  ];
}
