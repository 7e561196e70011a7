import { type Grant, type Opening, plainId, type StackChange, UNRESOLVED } from '../../diff';
import { shortPath } from '../../template';
import type { EnvironmentChange } from '../environment-change';
import type { Observation } from '../rule';

const EVERYBODY: ReadonlySet<string> = new Set(['*', 'AWS:*']);

/** Allowed to anybody, on no condition. */
export function grantedToEveryone(change: EnvironmentChange): readonly Observation[] {
  return allowed(change, ({ grant }) => isForEveryone(grant));
}

/** Any action or everything of a service, or on any resource, for somebody who was there before. */
export function wildcardsGranted(change: EnvironmentChange): readonly Observation[] {
  return allowed(change, ({ grant }) => !isForEveryone(grant) && isWide(grant));
}

/** More for somebody who was there before. */
export function widenedAccess(change: EnvironmentChange): readonly Observation[] {
  return allowed(change, ({ grant, isNew }) => !isForEveryone(grant) && !isWide(grant) && !isNew);
}

/** What somebody who is new may do. */
export function newAccess(change: EnvironmentChange): readonly Observation[] {
  return allowed(change, ({ grant, isNew }) => !isForEveryone(grant) && !isWide(grant) && isNew);
}

/** Was denied and is not any more, about something that is still there. */
export function removedDenials(change: EnvironmentChange): readonly Observation[] {
  return change.stacks.flatMap((stack) =>
    stack.access.undenied
      .filter(({ resources }) => !resources.every((resource) => names(stack, 'removed', resource)))
      .map((grant) => described(stack, grant, 'no longer denied')),
  );
}

export function attachedPolicies(change: EnvironmentChange): readonly Observation[] {
  return change.stacks.flatMap((stack) =>
    stack.access.attachedPolicies
      // A new role comes with the policy of its service.
      .filter(({ identity, policy }) => !names(stack, 'added', identity) || /Administrator|FullAccess/u.test(policy))
      .map(({ identity, policy }) => ({
        at: readable(stack, identity),
        what: 'managed policy',
        to: readable(stack, policy),
      })),
  );
}

/** Doors of the network that anybody on the internet can try. */
export function openedToEveryone(change: EnvironmentChange): readonly Observation[] {
  return openings(change, ({ direction, fromEveryone }) => direction === 'ingress' && fromEveryone);
}

export function openedDoors(change: EnvironmentChange): readonly Observation[] {
  return openings(change, ({ direction, fromEveryone }) => direction === 'ingress' && !fromEveryone);
}

export function openedExits(change: EnvironmentChange): readonly Observation[] {
  return openings(change, ({ direction }) => direction === 'egress');
}

function openings(change: EnvironmentChange, wanted: (opening: Opening) => boolean): readonly Observation[] {
  return change.stacks.flatMap((stack) =>
    stack.access.openings.filter(wanted).map(({ direction, group, protocol, peer }) => ({
      at: readable(stack, group),
      what: `${direction === 'ingress' ? 'lets in' : 'lets out'} ${protocol} ${direction === 'ingress' ? 'from' : 'to'} ${readable(stack, peer)}`,
    })),
  );
}

function allowed(
  { stacks }: EnvironmentChange,
  wanted: (found: { readonly grant: Grant; readonly isNew: boolean }) => boolean,
): readonly Observation[] {
  return stacks.flatMap((stack) =>
    stack.access.allowed
      .filter((grant) =>
        wanted({ grant, isNew: [grant.principal, ...grant.resources].some((text) => names(stack, 'added', text)) }),
      )
      .map((grant) => described(stack, grant, 'may')),
  );
}

function isForEveryone({ effect, principal, condition }: Grant): boolean {
  return effect === 'Allow' && EVERYBODY.has(principal) && condition === '';
}

function isWide({ actions, resources, condition }: Grant): boolean {
  const everyAction = actions.some((action) => action === '*' || action.endsWith(':*') || action.startsWith('not '));
  return everyAction || (resources.includes('*') && condition === '');
}

function described(stack: StackChange, { principal, actions, resources, condition }: Grant, verb: string): Observation {
  const where = resources.filter((resource) => resource !== '').map((resource) => readable(stack, resource));
  return {
    at: readable(stack, principal) || stack.name,
    what: `${verb} ${actions.join(', ')}`,
    ...(where.length > 0 && { detail: `on ${where.join(', ')}${condition && ` if ${readable(stack, condition)}`}` }),
  };
}

/** Whether a reference inside `text` is to a resource that this change adds or removes. */
function names({ resources, before, after }: StackChange, kind: 'added' | 'removed', text: string): boolean {
  const ids = new Set([...text.matchAll(REFERENCE)].map(([, id]) => id));
  const home = kind === 'added' ? after : before;
  return resources.some((item) => {
    const resource = kind === 'added' ? item.after : item.before;
    return item.kind === kind && resource !== undefined && home !== undefined && ids.has(plainId(resource, home));
  });
}

/** `${LogicalId}` or `${LogicalId.Attribute}`. */
const REFERENCE = /\$\{([^}.]+)(?:\.[^}]*)?\}/gu;

/** `text` with construct paths in place of logical ids. */
function readable({ before, after }: StackChange, text: string): string {
  const paths = new Map(
    [before, after].flatMap((stack) =>
      (stack?.resources ?? []).map((resource) => [plainId(resource, resource.stack), shortPath(resource)] as const),
    ),
  );
  const plain = text.replaceAll(new RegExp(`\\{"${UNRESOLVED}":"([^"]*)"\\}`, 'gu'), '($1)');
  return plain.replaceAll(REFERENCE, (_, id: string) => paths.get(id) ?? id).replace(/^AWS:(?!\*)/u, '');
}
