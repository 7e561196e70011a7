import type { Call, Change, FailoverStep } from '../../lib/constructs/recovery/failover-step';
import { failoverSteps } from '../../lib/constructs/recovery/failover-steps';
import type { FailoverSubject } from '../../lib/constructs/recovery/failover-subject';
import { type Blocks, markdownTable } from './generated-blocks';

/** Names as an operator fills them in. */
const SUBJECT: FailoverSubject = {
  from: { region: 'OLD_REGION', databaseClusterArn: 'OLD_CLUSTER_ARN' },
  to: {
    region: 'NEW_REGION',
    databaseCluster: 'NEW_CLUSTER',
    databaseClusterArn: 'NEW_CLUSTER_ARN',
    databaseInstanceClass: 'INSTANCE_CLASS',
    connectionPool: 'POOL',
    secrets: ['SECRET'],
    serviceCluster: 'ECS_CLUSTER',
    service: 'SERVICE',
    tasks: Number.NaN,
    idleTasks: Number.NaN,
  },
  globalCluster: 'GLOBAL_DATABASE',
  keyValueStoreArn: 'STORE_ARN',
  probeArn: 'PROBE_ARN',
  maxLagSeconds: Number.NaN,
  drainSeconds: Number.NaN,
};

/** The steps of `docs/runbooks/failover.md`, from the rows that the state machine is made of. */
export function failoverRunbookBlocks(): Blocks {
  const steps = failoverSteps(SUBJECT);
  return { overview: overview(steps), steps: steps.map(section).join('\n\n') };
}

function overview(steps: readonly FailoverStep[]): string {
  const rows = steps.map((step, index) => [
    `${index + 1}`,
    step.title,
    step.who,
    step.modes?.join(', ') ?? 'both',
    minutes(step.timeoutSeconds),
    undoText(step),
  ]);
  return filled(markdownTable(['', 'step', 'who', 'mode', 'time-out', 'undo'], rows));
}

function section(step: FailoverStep, index: number): string {
  const { title, who, modes, precondition, action, undo, timeoutSeconds, settleSeconds } = step;
  const lines = [
    `### ${index + 1}. ${title}`,
    '',
    `${modes === undefined ? 'Both modes' : `Only ${modes.join(', ')}`}; ${who}; at most ${minutes(timeoutSeconds)}.`,
    '',
    `* Before: ${precondition.text}.`,
    `* Do: ${action.text}.`,
    `* It is done when \`${holds(action)}\`.`,
    ...(settleSeconds === undefined ? [] : ['* Then wait `drain` (60 seconds unless configured).']),
    `* Undo: ${undoText(step)}.`,
    '',
    '```sh',
    ...commands('look', [action.until]),
    ...commands('do', action.calls),
    ...('calls' in undo ? commands('undo', undo.calls) : []),
    '```',
  ];
  return filled(lines.join('\n'));
}

function undoText({ undo }: FailoverStep): string {
  if ('harmless' in undo) return `none, ${undo.harmless}`;
  return 'impossible' in undo ? `impossible, ${undo.impossible}` : undo.text;
}

const minutes = (seconds: number): string => `${seconds / 60} minutes`;
const filled = (text: string): string => text.replaceAll(/NaN000|NaN/gu, 'N');
const holds = ({ until }: Change): string => until.holds.replaceAll('$states.result', 'answer');

function commands(what: string, calls: readonly Call[]): string[] {
  return calls.length === 0 ? [] : [`# ${what}`, ...calls.map(command)];
}

const SERVICES: Readonly<Record<string, string>> = {
  applicationautoscaling: 'application-autoscaling',
  cloudfrontkeyvaluestore: 'cloudfront-keyvaluestore',
};

/** A call as one types it: https://docs.aws.amazon.com/cli/latest/ */
function command({ call, arguments: given }: Call): string {
  const [service = '', operation = ''] = call.split(':');
  const options = Object.entries(given).map(([name, value]) =>
    value === true ? `--${kebab(name)}` : `--${kebab(name)} ${shown(value)}`,
  );
  const file = call === 'lambda:invoke' ? [' /dev/stdout'] : [];
  return `aws ${SERVICES[service] ?? service} ${kebab(operation)} ${options.join(' ')}${file.join('')}`;
}

function kebab(name: string): string {
  const words = name.replaceAll('DB', 'Db').replaceAll('ARN', 'Arn');
  return words.replaceAll(/(?<=[a-z])(?=[A-Z])/gu, '-').toLowerCase();
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(' ');
  if (typeof value !== 'object' || value === null) return quoted(expressionFree(String(value)));
  const fields = Object.entries(value).map(([name, field]) => `${name}=${String(field)}`);
  return 'region' in value ? quoted(JSON.stringify(value)) : quoted(fields.join(','));
}

const quoted = (text: string): string => (/^[\w.:/-]+$/u.test(text) ? text : `'${text}'`);

/** What an expression of the program stands for. */
function expressionFree(text: string): string {
  const merged = /\$merge\(\[\$routing, \{(?<field>.*)\}\]\)/u.exec(text)?.groups?.['field'];
  if (merged !== undefined) return `THE VALUE WITH ${merged}`;
  const meanings: Readonly<Record<string, string>> = {
    '{% $version %}': 'ETAG',
    '{% $now() %}': 'NOW',
    '{% $fromMillis($millis() - 600000) %}': 'TEN_MINUTES_AGO',
  };
  return meanings[text] ?? text;
}
