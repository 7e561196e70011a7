import type { Rule } from '../rule';
import { addedCapacity, loweredCeilings, otherCapacity, removedCapacity } from './capacity';

/** What a change does to what can be carried, the worst first. */
export const CAPACITY_RULES: readonly Rule[] = [
  {
    id: 'ceiling-lowered',
    section: 'capacity',
    severity: 'warning',
    finds: 'the most that something can carry is less',
    why: 'a peak that fitted before may not fit any more',
    wayOut: 'see the rehearsal; `npm run rehearse -- --plan` says how far the ceilings reach',
    find: loweredCeilings,
  },
  {
    id: 'capacity-removed',
    section: 'capacity',
    severity: 'warning',
    finds: 'something that carries load or scales is removed',
    why: 'what is left has to carry its part',
    wayOut: 'see the rehearsal, and that the rest can take over a zone that is lost',
    find: removedCapacity,
  },
  {
    id: 'capacity-changed',
    section: 'capacity',
    severity: 'note',
    finds: 'sizes, bounds, thresholds or steps change',
    why: 'it answers to load differently, and costs something else',
    wayOut: 'see the rehearsal and the cost',
    find: otherCapacity,
  },
  {
    id: 'capacity-added',
    section: 'capacity',
    severity: 'note',
    finds: 'something that carries load or scales is new',
    why: 'it takes over a part, and costs something',
    wayOut: 'see the rehearsal and the cost',
    find: addedCapacity,
  },
];
