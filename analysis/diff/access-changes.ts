import type { TemplateDiff } from '@aws-cdk/cloudformation-diff';

/** Something that a policy allows from now on, or stops denying. */
export interface Grant {
  readonly effect: 'Allow' | 'Deny' | 'unknown';
  /** `AWS:${Role}`, `Service:…`, `*`; with `not `, everybody else. */
  readonly principal: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** As written, JSON; empty without any. */
  readonly condition: string;
}

/** A rule of a security group that was not there. */
export interface Opening {
  readonly direction: 'ingress' | 'egress';
  readonly group: string;
  /** `TCP 5432`, `Everything`. */
  readonly protocol: string;
  readonly peer: string;
  readonly fromEveryone: boolean;
}

/** What a change of one stack does to who may do what. Names are as in the plain template: `${LogicalId.Attribute}`. */
export interface AccessChanges {
  /** What is allowed and was not. */
  readonly allowed: readonly Grant[];
  /** What was denied and is not any more. */
  readonly undenied: readonly Grant[];
  readonly attachedPolicies: readonly { readonly identity: string; readonly policy: string }[];
  readonly openings: readonly Opening[];
}

type Statement = TemplateDiff['iamChanges']['statements']['additions'][number];
type Effect = Grant['effect'];

/** Every action on every resource for every principal by itself, so that statements may be cut and merged at will. */
interface Atom {
  readonly key: string;
  readonly effect: Effect;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly condition: string;
}

export function accessChanges({ iamChanges, securityGroupChanges }: TemplateDiff): AccessChanges {
  const { additions, removals } = iamChanges.statements;
  const [added, removed] = [additions.flatMap(atomsOf), removals.flatMap(atomsOf)];
  return {
    allowed: grantsOf(without(added, removed).filter(({ effect }) => effect !== 'Deny')),
    undenied: grantsOf(without(removed, added).filter(({ effect }) => effect === 'Deny')),
    attachedPolicies: iamChanges.managedPolicies.additions.map(({ identityArn, managedPolicyArn }) => ({
      identity: identityArn,
      policy: managedPolicyArn,
    })),
    openings: (['ingress', 'egress'] as const).flatMap((direction) =>
      securityGroupChanges[direction].additions.map((rule) => ({
        direction,
        group: rule.groupId,
        protocol: rule.describeProtocol(),
        peer: rule.describePeer(),
        fromEveryone: rule.describePeer().startsWith('Everyone'),
      })),
    ),
  };
}

function atomsOf(statement: Statement): Atom[] {
  const effect: Effect = statement.effect === 'Allow' || statement.effect === 'Deny' ? statement.effect : 'unknown';
  const condition = statement.condition === undefined ? '' : JSON.stringify(statement.condition);
  // What is an intrinsic function as a whole is only known as text.
  const whole = effect === 'unknown' ? [statement.render().resource] : [];
  const { principals, actions, resources } = statement;
  return named(principals).flatMap((principal) =>
    named(actions).flatMap((action) =>
      [...whole, ...(whole.length > 0 ? [] : named(resources))].map((resource) => {
        const key = JSON.stringify([effect, principal, action, resource, condition]);
        return { key, effect, principal, action, resource, condition };
      }),
    ),
  );
}

/** A statement without an element of a kind means what its policy is attached to. */
function named({ values, not }: Statement['actions']): string[] {
  if (values.length === 0) return [''];
  return not ? [`not ${values.join(', ')}`] : [...values];
}

function without(atoms: readonly Atom[], others: readonly Atom[]): Atom[] {
  const known = new Set(others.map(({ key }) => key));
  return atoms.filter(({ key }) => !known.has(key));
}

/** Actions of one principal on the same resources belong together again, then resources with the same actions. */
function grantsOf(atoms: readonly Atom[]): Grant[] {
  const byResource = grouped(atoms, ({ effect, principal, condition, resource }) => [
    effect,
    principal,
    condition,
    resource,
  ]);
  const rows = byResource.flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, actions: unique(group.map(({ action }) => action)) }] : [];
  });
  return grouped(rows, ({ effect, principal, condition, actions }) => [
    effect,
    principal,
    condition,
    actions.join(),
  ]).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { effect, principal, condition, actions } = first;
    return [{ effect, principal, condition, actions, resources: unique(group.map(({ resource }) => resource)) }];
  });
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => readonly string[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
