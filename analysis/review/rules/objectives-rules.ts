import type { Rule } from '../rule';
import { muteAlarms } from './exposure';
import {
  addedAlarms,
  brokenObjectives,
  changedAlarms,
  changedObjectives,
  mendedObjectives,
  removedAlarms,
} from './objectives';

/** What a change does to the objectives and to those who watch over them, the worst first. */
export const OBJECTIVES_RULES: readonly Rule[] = [
  {
    id: 'objective-broken',
    section: 'objectives',
    severity: 'danger',
    finds: 'an objective that held in the rehearsal does not hold any more',
    why: 'with the traffic that the objectives promise to carry, users would notice',
    wayOut:
      '`npm run rehearse -- --scenario <name> --html rehearsal.html` shows where; `--tune` searches better targets',
    find: brokenObjectives,
  },
  {
    id: 'objective-changed',
    section: 'objectives',
    severity: 'warning',
    finds: 'the objectives themselves change',
    why: 'alarms, burn rates, rehearsals and load tests judge by others from now on',
    wayOut: 'see that whoever was promised the old ones knows',
    find: changedObjectives,
  },
  {
    id: 'alarm-removed',
    section: 'objectives',
    severity: 'warning',
    finds: 'an alarm is removed',
    why: 'what it told nobody hears any more',
    wayOut: 'see that what it watched is gone too, or that another alarm tells it',
    find: removedAlarms,
  },
  {
    id: 'alarm-mute',
    section: 'objectives',
    severity: 'warning',
    finds: 'an alarm cannot go off any more, or nobody hears it',
    why: 'it looks like a guard and is none',
    wayOut: 'the finding says it',
    find: muteAlarms,
  },
  {
    id: 'objective-mended',
    section: 'objectives',
    severity: 'note',
    finds: 'an objective that did not hold in the rehearsal holds now',
    why: 'that is what the change is for, or a welcome effect of it',
    wayOut: 'nothing to do',
    find: mendedObjectives,
  },
  {
    id: 'alarm-changed',
    section: 'objectives',
    severity: 'note',
    finds: 'an alarm looks at something else, or tells it differently',
    why: 'it goes off sooner, later or elsewhere',
    wayOut: 'see that its runbook still fits',
    find: changedAlarms,
  },
  {
    id: 'alarm-added',
    section: 'objectives',
    severity: 'note',
    finds: 'an alarm is new',
    why: 'somebody is told, or woken, about something new',
    wayOut: 'see that its runbook says what to do',
    find: addedAlarms,
  },
];
