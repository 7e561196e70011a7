import { isList, isMap, type Resource, type Value } from '../../template';
import type { ScalableTargetDefinition, ScheduledAction } from '../scaling/policy-definition';
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
  return {
    name: target.logicalId,
    minCapacity: minCapacity ?? 0,
    maxCapacity: maxCapacity ?? 0,
    policies,
    schedules: readSchedules(target.property('ScheduledActions')),
  };
}

function readSchedules(actions: Value | undefined): ScheduledAction[] {
  if (!isList(actions)) return [];
  return actions.filter(isMap).map((action) => {
    const bounds = isMap(action['ScalableTargetAction']) ? action['ScalableTargetAction'] : {};
    const minCapacity = number(bounds['MinCapacity']);
    const maxCapacity = number(bounds['MaxCapacity']);
    const timeZone = text(action['Timezone']);
    return {
      name: text(action['ScheduledActionName']) ?? 'schedule',
      schedule: text(action['Schedule']) ?? '',
      ...(timeZone !== undefined && { timeZone }),
      ...(minCapacity !== undefined && { minCapacity }),
      ...(maxCapacity !== undefined && { maxCapacity }),
    };
  });
}
