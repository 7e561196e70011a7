import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { type JobScheduler, jobScheduler } from '../../../runtime/jobs';
import { type SchedulerServer, startSchedulerServer } from '../../local/scheduler-server';
import { clientOf } from '../support/aws-client';
import { JOBS } from './counting-jobs';

const NOON = new Date('2026-12-24T12:00:00.123Z');

let server: SchedulerServer;
let client: SchedulerClient;
let scheduler: JobScheduler<typeof JOBS>;

beforeEach(async () => {
  server = await startSchedulerServer();
  client = new SchedulerClient(clientOf(server));
  scheduler = jobScheduler({ definitions: JOBS, queueArn: 'arn:queue', group: 'jobs', roleArn: 'arn:role', client });
});

afterEach(async () => {
  client.destroy();
  await server.stop();
});

test('schedules a job for a moment in UTC, to be sent once', async () => {
  const id = await scheduler.at(NOON, { id: 'christmas', type: 'count', data: { number: 24 } });
  expect(id).toBe('christmas');
  expect(server.schedules.get('jobs/christmas')).toMatchObject({
    ScheduleExpression: 'at(2026-12-24T12:00:00)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: {
      Arn: 'arn:queue',
      RoleArn: 'arn:role',
      Input: '{"id":"christmas","type":"count","data":{"number":24}}',
    },
  });
});

test('a job that is scheduled twice keeps its first time', async () => {
  const job = { id: 'once', type: 'count', data: { number: 1 } } as const;
  await scheduler.at(NOON, job);
  expect(await scheduler.at(new Date('2027-01-01T00:00:00Z'), job)).toBe('once');
  expect(server.schedules.get('jobs/once')).toMatchObject({ ScheduleExpression: 'at(2026-12-24T12:00:00)' });
});

test('takes a job back, and says when it was not there any more', async () => {
  const id = await scheduler.at(NOON, { type: 'count', data: { number: 1 } });
  expect([await scheduler.cancel(id), await scheduler.cancel(id)]).toEqual([true, false]);
  expect(server.schedules.size).toBe(0);
});

test('fails for a job that cannot be scheduled, and for what goes wrong otherwise', async () => {
  await expect(scheduler.at(NOON, { id: 'a/b', type: 'count', data: { number: 1 } })).rejects.toThrow(
    '`job.id` must be 1 to 64 letters, digits, dots, hyphens and underscores to name a schedule, got "a/b"',
  );
  await expect(scheduler.at(NOON, { type: 'count', data: { number: -1 } })).rejects.toThrow('not a job that is known');
  server.fail({ status: 500, code: 'InternalServerException' });
  await expect(scheduler.at(NOON, { type: 'count', data: { number: 1 } })).rejects.toThrow('asked to fail');
});
