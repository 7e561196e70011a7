import { TimeZone } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';

/** A higher minimum of tasks or warm instances for a part of the day. */
export interface ScheduledMinimum {
  /** Lower-case name, unique among the schedules. */
  readonly id: string;

  /** When the minimum rises. */
  readonly from: appscaling.CronOptions;

  /** When it falls back to the usual one. */
  readonly until: appscaling.CronOptions;

  /** IANA name of the zone that both times are in, such as `Europe/Dublin`; summer time is followed. */
  readonly timeZone: string;

  /** The minimum in between. */
  readonly minimum: number;
}

/** Raises the minimum of `target` and lowers it again to `usual`. Scheduled actions ignore cool-downs: they are on time. */
export function addScheduledMinimum(
  target: Pick<appscaling.ScalableTarget, 'scaleOnSchedule'>,
  { id, from, until, timeZone, minimum }: ScheduledMinimum,
  usual: number,
): void {
  const zone = { timeZone: TimeZone.of(timeZone) };
  target.scaleOnSchedule(`${id}-from`, { ...zone, schedule: appscaling.Schedule.cron(from), minCapacity: minimum });
  target.scaleOnSchedule(`${id}-until`, { ...zone, schedule: appscaling.Schedule.cron(until), minCapacity: usual });
}

/** Why the schedules cannot work between the usual minimum and the maximum. */
export function scheduleProblems(schedules: readonly ScheduledMinimum[], min: number, max: number): string[] {
  const ids = schedules.map(({ id }) => id);
  return [
    ...ids
      .filter((id, index) => ids.indexOf(id) !== index)
      .map((id) => `\`schedules\` must name each schedule once, got '${id}' twice`),
    ...schedules.flatMap((schedule) => problemsOf(schedule, min, max)),
  ];
}

function problemsOf({ id, from, until, timeZone, minimum }: ScheduledMinimum, min: number, max: number): string[] {
  const rules: readonly [boolean, string][] = [
    [/^[a-z][a-z0-9-]*$/.test(id), `\`schedules\` must have a lower-case name such as working-day, got '${id}'`],
    [
      isTimeZone(timeZone),
      `\`schedules.${id}.timeZone\` must be an IANA name such as Europe/Dublin, got '${timeZone}'`,
    ],
    [
      minimum > min && minimum <= max,
      `\`schedules.${id}.minimum\` must be above the usual minimum of ${min} and not above the maximum of ${max}, got ${minimum}`,
    ],
    [
      JSON.stringify(from) !== JSON.stringify(until),
      `\`schedules.${id}.until\` must differ from \`from\`, got the same time twice`,
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, problem]) => problem);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
