import { isList, isMap, type Resource } from '../../template';
import type { ScalableTargetDefinition, ScheduledAction } from '../scaling/policy-definition';
import { Schedule, ScheduleError } from '../scaling/schedule-expression';
import { number, text } from './read-metric';
import type { Notes } from './template-error';

export const SCALABLE_TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';

/** What of the target scales, such as `ecs:service:DesiredCount`. */
export function dimension(target: Resource): string {
  return text(target.property('ScalableDimension')) ?? 'an unknown dimension';
}

/** The bounds, policies and schedules of a scalable target. */
export function readTarget(
  target: Resource,
  policies: ScalableTargetDefinition['policies'],
  notes: Notes,
): ScalableTargetDefinition {
  const minCapacity = number(target.property('MinCapacity'));
  const maxCapacity = number(target.property('MaxCapacity'));
  if (minCapacity === undefined || maxCapacity === undefined) {
    notes.fail(
      target.address,
      '`MinCapacity` and `MaxCapacity` must be numbers in the template; give parameters their values',
    );
  } else if (minCapacity > maxCapacity) {
    notes.fail(target.address, `\`MinCapacity\` (${minCapacity}) must not be above \`MaxCapacity\` (${maxCapacity})`);
  }
  if (target.property('SuspendedState') !== undefined) {
    notes.skip(target.address, 'suspended scaling (`SuspendedState`) is not simulated');
  }
  return {
    name: target.logicalId,
    minCapacity: minCapacity ?? 0,
    maxCapacity: maxCapacity ?? 0,
    policies,
    schedules: readSchedules(target, notes),
  };
}

function readSchedules(target: Resource, notes: Notes): ScheduledAction[] {
  const actions = target.property('ScheduledActions');
  if (!isList(actions)) return [];
  return actions.filter(isMap).map((action) => {
    const bounds = isMap(action['ScalableTargetAction']) ? action['ScalableTargetAction'] : {};
    const minCapacity = number(bounds['MinCapacity']);
    const maxCapacity = number(bounds['MaxCapacity']);
    const timeZone = text(action['Timezone']);
    const name = text(action['ScheduledActionName']) ?? 'schedule';
    const schedule = text(action['Schedule']) ?? '';
    for (const limit of ['StartTime', 'EndTime'].filter((key) => action[key] !== undefined)) {
      notes.skip(target.address, `\`${limit}\` of the scheduled action ${name} is not simulated`);
    }
    checkSchedule(target, name, schedule, timeZone, notes);
    return {
      name,
      schedule,
      ...(timeZone !== undefined && { timeZone }),
      ...(minCapacity !== undefined && { minCapacity }),
      ...(maxCapacity !== undefined && { maxCapacity }),
    };
  });
}

function checkSchedule(
  target: Resource,
  name: string,
  schedule: string,
  timeZone: string | undefined,
  notes: Notes,
): void {
  try {
    new Schedule(schedule, timeZone);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    notes.fail(target.address, `scheduled action ${name}: ${error.message}`);
  }
}
