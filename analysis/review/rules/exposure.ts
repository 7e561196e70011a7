import { publicEntries } from '../../checks';
import { type Assembly, shortPath } from '../../template';
import type { CheckFinding, EnvironmentChange } from '../environment-change';
import type { Observation } from '../rule';
import { GUARDS } from './safeguards';

/** Rules of security groups have rules of their own here, with the ports. */
const NETWORK: ReadonlySet<string> = new Set(['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress']);
const CDN = 'AWS::CloudFront::Distribution';

/** Reachable from the internet, and was not; what only the CDN makes public is meant to be. */
export function newlyPublic(change: EnvironmentChange): readonly Observation[] {
  return entriesOf(change).filter(({ type }) => type !== CDN);
}

export function newDistributions(change: EnvironmentChange): readonly Observation[] {
  return entriesOf(change).filter(({ type }) => type === CDN);
}

function entriesOf({ before, after, stacks }: EnvironmentChange): (Observation & { readonly type: string })[] {
  if (stacks.length === 0) return [];
  const [was, is] = [publicIn(before), publicIn(after)];
  const known = new Set(was.map(({ at, what }) => `${at} ${what}`));
  return is.filter(({ at, what }) => !known.has(`${at} ${what}`));
}

function publicIn(assembly: Assembly | undefined): (Observation & { readonly type: string })[] {
  return (assembly ? publicEntries(assembly) : [])
    .filter(({ resource }) => !NETWORK.has(resource.type))
    .map(({ resource, how }) => ({ at: shortPath(resource), what: how, type: resource.type }));
}

/** What guarded by being there is gone, and what it guarded is not. */
export function removedGuards({ stacks }: EnvironmentChange): readonly Observation[] {
  return stacks
    .flatMap(({ resources }) => resources)
    .flatMap(({ kind, type, before }) =>
      kind === 'removed' && GUARDS.has(type) && before ? [{ at: shortPath(before), what: type }] : [],
    );
}

export function acceptedFindings({ accepted }: EnvironmentChange): readonly Observation[] {
  return accepted.map(({ at, id, reason }) => ({ at, what: id, detail: reason }));
}

/** Checks that say what rules of the review say of every resource that is public. */
const SAID_OF_PUBLIC: ReadonlySet<string> = new Set(['nothing-public', 'public-entry-has-web-acl']);
/** Checks that say what rules of the review say of resources that were there before. */
const SAID_OF_OLD: ReadonlySet<string> = new Set(['state-encrypted', 'own-key', 'state-kept', 'state-recoverable']);
const OF_ALARMS = /^(alarm|dashboard)-/u;

export function appearedFindings(change: EnvironmentChange): readonly Observation[] {
  const old = new Set(change.before?.resources.map(shortPath));
  return described(
    change.appeared.filter(
      ({ check, resource }) =>
        !OF_ALARMS.test(check) &&
        !(SAID_OF_PUBLIC.has(check) && resource.type !== CDN) &&
        !(SAID_OF_OLD.has(check) && old.has(shortPath(resource))),
    ),
  );
}

/** Alarms that nobody would hear, or that cannot go off any more. */
export function muteAlarms({ appeared }: EnvironmentChange): readonly Observation[] {
  return described(appeared.filter(({ check }) => OF_ALARMS.test(check)));
}

/** Findings that are gone while what they were about is still there. */
export function resolvedFindings({ resolved, after }: EnvironmentChange): readonly Observation[] {
  const still = new Set(after?.resources.map(shortPath));
  return described(resolved.filter(({ resource }) => still.has(shortPath(resource))));
}

function described(findings: readonly CheckFinding[]): Observation[] {
  return findings.map(({ check, resource, message }) => ({ at: shortPath(resource), what: check, detail: message }));
}
