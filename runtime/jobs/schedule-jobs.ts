import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { InvalidJobError, type JobDefinitions, type NewJob, newJob } from './job';

export interface JobSchedulerOptions<D extends JobDefinitions> {
  readonly definitions: D;
  readonly queueArn: string;
  /** Name of the schedule group. */
  readonly group: string;
  /** What EventBridge Scheduler may do: send to the queue. */
  readonly roleArn: string;
  readonly client: Pick<SchedulerClient, 'send'>;
}

/** Puts jobs into a queue later, minutes or months from now. */
export interface JobScheduler<D extends JobDefinitions> {
  /**
   * Sends the job at that time, to the minute; a schedule that has sent its job is gone. A job that is scheduled already
   * under the same id keeps its first time.
   *
   * @returns the id of the job
   * @throws InvalidJobError when the job breaks its definition, or its id cannot name a schedule
   */
  at(when: Date, job: NewJob<D>): Promise<string>;

  /** Takes a job back that was not sent yet; resolves with whether it was there. */
  cancel(id: string): Promise<boolean>;
}

/** Names of schedules: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const NAME = /^[\w.-]{1,64}$/;

export function jobScheduler<D extends JobDefinitions>(options: JobSchedulerOptions<D>): JobScheduler<D> {
  const { definitions, queueArn, group, roleArn, client } = options;
  return {
    async at(when, job) {
      const { id, type, data } = newJob(definitions, job);
      if (!NAME.test(id)) {
        throw new InvalidJobError(
          `\`job.id\` must be 1 to 64 letters, digits, dots, hyphens and underscores to name a schedule, got "${id}"`,
        );
      }
      await client
        .send(
          new CreateScheduleCommand({
            Name: id,
            GroupName: group,
            // Without a zone it is UTC; without fractions, which are refused.
            ScheduleExpression: `at(${when.toISOString().slice(0, 19)})`,
            FlexibleTimeWindow: { Mode: 'OFF' },
            ActionAfterCompletion: 'DELETE',
            // The name makes it safe to ask again.
            ClientToken: id,
            Target: { Arn: queueArn, RoleArn: roleArn, Input: JSON.stringify({ id, type, data }) },
          }),
        )
        .catch(unless(ConflictException));
      return id;
    },
    async cancel(id) {
      const answer = await client
        .send(new DeleteScheduleCommand({ Name: id, GroupName: group }))
        .catch(unless(ResourceNotFoundException));
      return answer !== undefined;
    },
  };
}

/** The error counts as no answer; every other one is thrown. */
function unless(expected: new (...given: never[]) => Error): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof expected)) throw error;
    return undefined;
  };
}
