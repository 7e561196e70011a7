import { AwsError, type AwsRequest, type AwsServer, startAwsServer } from './aws-server';

/** A one-time or repeated schedule, as it was asked for. */
export type StoredSchedule = Readonly<Record<string, unknown>>;

/** EventBridge Scheduler at wire level (REST with JSON): keeps schedules, and sends nothing. */
export interface SchedulerServer extends AwsServer {
  /** By group and name. */
  readonly schedules: ReadonlyMap<string, StoredSchedule>;
}

export async function startSchedulerServer(): Promise<SchedulerServer> {
  const schedules = new Map<string, StoredSchedule>();
  const server = await startAwsServer((request) => ({ body: JSON.stringify(answer(schedules, request)) }));
  return { ...server, schedules };
}

function answer(schedules: Map<string, StoredSchedule>, { method, path, body }: AwsRequest): StoredSchedule {
  const url = new URL(path, 'http://scheduler');
  const name = decodeURIComponent(url.pathname.replace(/^\/schedules\//, ''));
  if (method === 'DELETE') {
    const key = `${url.searchParams.get('groupName')}/${name}`;
    if (!schedules.delete(key)) throw new AwsError('ResourceNotFoundException', `there is no ${key}`, 404);
    return {};
  }
  const given = JSON.parse(body) as StoredSchedule;
  const key = `${given['GroupName']}/${name}`;
  if (schedules.has(key)) throw new AwsError('ConflictException', `${key} is there already`, 409);
  if (!/^(at|rate|cron)\(.+\)$/.test(String(given['ScheduleExpression']))) {
    throw new AwsError('ValidationException', `got ${given['ScheduleExpression']}`);
  }
  schedules.set(key, given);
  return { ScheduleArn: `arn:aws:scheduler:us-east-1:000000000000:schedule/${key}` };
}
