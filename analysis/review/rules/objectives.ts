import { alarmsIn } from '../../alarms';
import { leafChanges, shownChange } from '../../diff';
import { type Resource, shortPath, type ValueMap } from '../../template';
import type { EnvironmentChange } from '../environment-change';
import { scenarioPairs } from '../rehearsal-pair';
import type { Observation } from '../rule';
import { scales } from './capacity';

/** Where an environment states its objectives in the `Metadata` of its templates. */
const OBJECTIVES = 'Headroom::Objectives';

/** Objectives that held in a rehearsal before and do not now. */
export function brokenObjectives(change: EnvironmentChange): readonly Observation[] {
  return turned(change, (before, after) => before && !after);
}

export function mendedObjectives(change: EnvironmentChange): readonly Observation[] {
  return turned(change, (before, after) => !before && after);
}

/** The promise itself is another one. */
export function changedObjectives({ before, after }: EnvironmentChange): readonly Observation[] {
  if (before === undefined || after === undefined) return [];
  const [was, is] = [before, after].map(({ stacks }) => stacks.find(({ metadata }) => metadata[OBJECTIVES])?.metadata);
  const [from, to] = [was, is].map((metadata) => (metadata?.[OBJECTIVES] ?? {}) as ValueMap);
  return leafChanges(from ?? {}, to ?? {}).map(({ path, from: old, to: now }) => ({
    at: OBJECTIVES,
    what: path,
    ...shownChange(old, now),
  }));
}

export function removedAlarms(change: EnvironmentChange): readonly Observation[] {
  return alarmsOf(change, 'removed', change.before);
}

export function addedAlarms(change: EnvironmentChange): readonly Observation[] {
  return alarmsOf(change, 'added', change.after);
}

/** Alarms for people that look at something else, or tell somebody else. */
export function changedAlarms(change: EnvironmentChange): readonly Observation[] {
  const alarms = new Set(change.after ? alarmsIn(change.after) : []);
  return change.stacks
    .flatMap(({ resources }) => resources)
    .flatMap(({ before, after, properties }) =>
      before && after && alarms.has(after) && !scales(after)
        ? properties
            .filter(({ path }) => !/^(AlarmDescription|Tags)/u.test(path))
            .map(({ path, from, to }) => ({ at: shortPath(after), what: path, ...shownChange(from, to) }))
        : [],
    );
}

function alarmsOf(
  { stacks }: EnvironmentChange,
  kind: 'added' | 'removed',
  side: EnvironmentChange['before'],
): readonly Observation[] {
  const alarms = new Set<Resource | undefined>(side ? alarmsIn(side) : []);
  return stacks
    .flatMap(({ resources }) => resources)
    .flatMap((item) => {
      const alarm = kind === 'added' ? item.after : item.before;
      return item.kind === kind && alarm && alarms.has(alarm) && !scales(alarm)
        ? [{ at: shortPath(alarm), what: item.type }]
        : [];
    });
}

function turned(
  { rehearsal }: EnvironmentChange,
  wanted: (before: boolean, after: boolean) => boolean,
): readonly Observation[] {
  if (rehearsal === undefined) return [];
  return scenarioPairs(rehearsal).flatMap(([before, after]) =>
    after.verdict.checks.flatMap(({ objective, goal, found, holds }) => {
      const old = before.verdict.checks.find((check) => check.objective === objective);
      if (old === undefined || !wanted(old.holds, holds)) return [];
      return [{ at: after.scenario.name, what: `${objective} ${goal}`, from: old.found, to: found }];
    }),
  );
}
