import { type Assembly, isList, type Resource, resourcesIn } from '../template';

const METADATA = 'Headroom::Alarm';
const KINDS = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'] as const;

/** What an alarm's metadata says of it. */
interface Signature {
  readonly runbook?: string;
  readonly silent?: string;
}

/** Every alarm, metric and composite. */
export function alarmsIn(assembly: Assembly): readonly Resource[] {
  return assembly.ofType(...KINDS);
}

/**
 * Why nobody or nothing would know that an alarm went off: it has no action, nobody signed that it needs none, or what
 * it is said to be a part of has none either. An ECS service that goes back on it is an action.
 */
export function actionProblems(alarm: Resource, assembly: Assembly): string[] {
  if (acts(alarm) || takesBack(alarm, assembly)) return [];
  const { silent } = signature(alarm);
  if (silent === undefined || silent === '') {
    return [`it has no action: give it one, or sign in \`Metadata.${METADATA}.silent\` why it needs none`];
  }
  return reaches(alarm, assembly, new Set())
    ? []
    : ['it is silent as a part of others, but no composite alarm that acts names it: give it an action of its own'];
}

/** Whoever is told needs to know what to do. */
export function runbookProblems(alarm: Resource): string[] {
  const tells = resourcesIn(alarm.property('AlarmActions'), 'AWS::SNS::Topic').length > 0;
  const { runbook } = signature(alarm);
  return tells && !runbook ? [`it wakes people without a runbook: name one in \`Metadata.${METADATA}.runbook\``] : [];
}

function acts(alarm: Resource): boolean {
  const actions = alarm.property('AlarmActions');
  return actions !== undefined && isList(actions) && actions.length > 0 && alarm.property('ActionsEnabled') !== false;
}

/** Whether a deployment of a service goes back when the alarm goes off. */
function takesBack(alarm: Resource, assembly: Assembly): boolean {
  return assembly.linksTo(alarm, 'AWS::ECS::Service').some(({ from }) => {
    const setting = (name: string) => from.property('DeploymentConfiguration', 'Alarms', name);
    return setting('Enable') === true && setting('Rollback') === true;
  });
}

function reaches(alarm: Resource, assembly: Assembly, seen: Set<Resource>): boolean {
  seen.add(alarm);
  return assembly
    .linksTo(alarm, 'AWS::CloudWatch::CompositeAlarm')
    .map(({ from }) => from)
    .some((composite) => acts(composite) || (!seen.has(composite) && reaches(composite, assembly, seen)));
}

function signature({ metadata }: Resource): Signature {
  const signed = metadata[METADATA];
  return typeof signed === 'object' && signed !== null ? signed : {};
}
