import { type Protection, recoveries } from '../../checks';
import { type ResourceChange, shownChange } from '../../diff';
import { type Assembly, type Resource, shortPath } from '../../template';
import type { EnvironmentChange } from '../environment-change';
import type { Observation } from '../rule';
import { protectionsOf } from './holdings';
import type { Safeguard } from './safeguards';

/** Settings of resources that stay, which keep something less safe than before. */
export function loweredSafeguards(change: EnvironmentChange, safeguards: readonly Safeguard[]): readonly Observation[] {
  return staying(change).flatMap(([before, after]) =>
    safeguards
      .filter(({ types, read, lowered }) => types.includes(after.type) && lowered(read(before), read(after)))
      .map(({ name, read }) => ({
        at: shortPath(after),
        what: name,
        ...shownChange(read(before), read(after)),
      })),
  );
}

const KEEPING = { retain: 2, snapshot: 1, delete: 0 } as const;

/** CloudFormation keeps less of a stateful resource that it deletes or replaces. */
export function loweredPolicies(change: EnvironmentChange): readonly Observation[] {
  const policies = [
    ['DeletionPolicy', 'onDelete'],
    ['UpdateReplacePolicy', 'onReplace'],
  ] as const;
  return protectedPairs(change).flatMap(([was, is]) =>
    policies
      .filter(([, policy]) => KEEPING[is[policy]] < KEEPING[was[policy]])
      .map(([what, policy]) => ({ at: shortPath(is.resource), what, from: was[policy], to: is[policy] })),
  );
}

const SECRECY = { 'own key': 2, 'AWS key': 1, none: 0 } as const;

/** At rest with a weaker key than before, or with none. */
export function loweredEncryption(change: EnvironmentChange): readonly Observation[] {
  return protectedPairs(change)
    .filter(([was, is]) => SECRECY[is.encryption] < SECRECY[was.encryption])
    .map(([was, is]) => ({
      at: shortPath(is.resource),
      what: 'encrypted at rest with',
      from: was.encryption,
      to: is.encryption,
    }));
}

/** Was in a backup plan with copies elsewhere, or had replicas, and has neither any more. */
export function leftBackup(change: EnvironmentChange): readonly Observation[] {
  const [was, is] = [copiesOf(change.before), copiesOf(change.after)];
  return staying(change).flatMap(([before, after]) => {
    const [from, to] = [was.get(before), is.get(after)];
    if (!from || to) return [];
    return [{ at: shortPath(after), what: 'copies in another region', from, to: 'none' }];
  });
}

/** Backups are kept for fewer days. */
export function shortenedPlans(change: EnvironmentChange): readonly Observation[] {
  return changed(change)
    .filter(({ type }) => type === 'AWS::Backup::BackupPlan')
    .flatMap(({ after, properties }) =>
      properties
        .filter(({ path, from, to }) => path.endsWith('DeleteAfterDays') && Number(to) < Number(from ?? Infinity))
        .map(({ path, from, to }) => ({
          at: after ? shortPath(after) : '',
          what: path,
          ...shownChange(from, to),
        })),
    );
}

function copiesOf(assembly: Assembly | undefined): ReadonlyMap<Resource, string | undefined> {
  return new Map(
    (assembly ? recoveries(assembly) : []).map(({ resource, plans, replicas }) => {
      const copies = [...plans.map(shortPath), ...replicas];
      return [resource, copies.length === 0 ? undefined : copies.join(', ')];
    }),
  );
}

function protectedPairs(change: EnvironmentChange): readonly (readonly [Protection, Protection])[] {
  const [was, is] = [protectionsOf(change.before), protectionsOf(change.after)];
  return staying(change).flatMap(([before, after]) => {
    const [from, to] = [was.get(before), is.get(after)];
    return from && to ? [[from, to] as const] : [];
  });
}

function changed({ stacks }: EnvironmentChange): readonly ResourceChange[] {
  return stacks.flatMap(({ resources }) => resources);
}

function staying(change: EnvironmentChange): readonly (readonly [Resource, Resource])[] {
  return changed(change).flatMap(({ before, after }) => (before && after ? [[before, after] as const] : []));
}
