import { compositeAlarmHolds } from '../rehearsal/alarms/composite-alarm';
import { Concatenation, Reference, type Resource, resourcesIn, type Value } from '../template';

/** Why a composite alarm can never be on, or never off; empty when states of its parts do both. */
export function compositeProblems(composite: Resource): string[] {
  const rule = ruleOf(composite.property('AlarmRule'));
  const parts = resourcesIn(composite.property('AlarmRule')).map(({ logicalId }) => logicalId);
  const holds = (on: (part: string) => boolean): boolean =>
    compositeAlarmHolds(rule, (part) => (on(part) ? 'ALARM' : 'OK'));
  if (parts.length === 0) return ['its rule names no alarm of the platform'];
  if (holds(() => false)) return [`it is on when all is well: ${rule}`];
  const turnsOn = holds(() => true) || parts.some((one) => holds((part) => part === one));
  return turnsOn ? [] : [`nothing turns it on: ${rule}`];
}

/** The rule with the logical id of each alarm in place of its ARN. */
export function ruleOf(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  if (value instanceof Reference) return value.resource.logicalId;
  if (!(value instanceof Concatenation)) return '';
  return value.parts
    .map((part) => (typeof part === 'string' ? part : part instanceof Reference ? part.resource.logicalId : ''))
    .join('');
}
