import type { Call, Change, Check, FailoverMode, FailoverStep } from './failover-step';

/** What the state machine needs besides its steps. */
export interface FailoverMachine {
  /** ARN of the topic that asks operators for their approval. */
  readonly approvalTopicArn: string;

  /** How long they may take. */
  readonly approvalSeconds: number;

  /** Between two looks at whether a step is done. */
  readonly pollSeconds: number;

  /** CloudWatch namespace of the results. */
  readonly metricsNamespace: string;
}

type States = Readonly<Record<string, unknown>>;

/** Where a step goes when it is done, and when it cannot be done. */
interface Ways {
  readonly done: string;
  readonly failed: string;
}

const TRANSIENT = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2, JitterStrategy: 'FULL' }];
const CALL_SECONDS = 60;

/**
 * The state machine of a runbook, in Amazon States Language with JSONata.
 *
 * Every step looks first whether it is done already, so an execution that was stopped can be started again. A step that
 * cannot be done is undone, then the steps before it, in reverse; where a step cannot be undone, writes stay frozen and
 * an operator goes on.
 */
export function failoverDefinition(steps: readonly FailoverStep[], machine: FailoverMachine): States {
  const states = steps.map((step, index) => stepStates(steps, step, index, machine));
  return {
    QueryLanguage: 'JSONata',
    Comment: 'docs/runbooks/failover.md',
    StartAt: 'begin',
    States: Object.assign(
      openingStates(entryOf(steps[0]) ?? 'report', machine),
      ...states,
      reportStates(machine),
      endings(),
    ) as States,
  };
}

const entryOf = (step: FailoverStep | undefined): string | undefined => step?.id;
const undoOf = ({ id }: FailoverStep): string => `undo ${id}`;

/** Variables that a step starts with. */
const FRESH = { tries: 0, acted: false, done: false };

function openingStates(first: string, { approvalTopicArn, approvalSeconds }: FailoverMachine): States {
  const text = 'the move of the platform to the other region waits for your approval (docs/runbooks/failover.md)';
  const command = 'aws stepfunctions send-task-success --task-output {} --task-token ';
  return {
    begin: {
      Type: 'Choice',
      Choices: [
        {
          Condition: '{% $states.input.mode in ["graceful", "ungraceful"] %}',
          Assign: {
            ...FRESH,
            mode: '{% $states.input.mode %}',
            since: '{% $exists($states.input.since) ? $toMillis($states.input.since) : $millis() %}',
            error: 'none',
          },
          Next: 'approved?',
        },
      ],
      Default: 'wrong input',
    },
    'approved?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $exists($states.input.approvedBy) %}', Next: first }],
      Default: 'ask for approval',
    },
    'ask for approval': {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish.waitForTaskToken',
      Arguments: {
        TopicArn: approvalTopicArn,
        Subject: '{% "Approve a " & $mode & " move to the other region?" %}',
        Message: `{% "${text}. Mode: " & $mode & ". To approve: ${command}" & $states.context.Task.Token %}`,
      },
      TimeoutSeconds: approvalSeconds,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'not approved' }],
      Next: first,
    },
  };
}

function stepStates(
  steps: readonly FailoverStep[],
  step: FailoverStep,
  index: number,
  machine: FailoverMachine,
): States {
  const { id, precondition, action, undo, modes, settleSeconds } = step;
  const next = entryOf(steps[index + 1]) ?? 'report';
  const before = steps[index - 1];
  const backwards = before === undefined ? 'undone' : undoOf(before);
  const failed = `${id}: failed`;
  const done = settleSeconds === undefined ? next : `${id}: settle`;
  const check = precondition.check;
  return {
    [id]: started(modes, check === undefined ? `${id}: look` : `${id}: may I`, next),
    ...(check === undefined ? {} : preconditionStates(step, check, failed)),
    ...changeStates(id, action, step.timeoutSeconds, machine, { done, failed }),
    ...(settleSeconds === undefined ? {} : { [done]: { Type: 'Wait', Seconds: settleSeconds, Next: next } }),
    [failed]: wayBack(step, oneWay(steps.slice(0, index + 1))),
    ...undoStates(step, backwards, machine, undo),
  };
}

function undoStates(step: FailoverStep, next: string, machine: FailoverMachine, undo: FailoverStep['undo']): States {
  const id = undoOf(step);
  if (!('calls' in undo)) return { [id]: { Type: 'Pass', Next: next } };
  return {
    [id]: started(step.modes, `${id}: look`, next),
    ...changeStates(id, undo, step.timeoutSeconds, machine, { done: next, failed: 'half undone' }),
  };
}

function preconditionStates({ id, precondition }: FailoverStep, check: Check, failed: string): States {
  return {
    [`${id}: may I`]: {
      ...task(check, `${id}: may I?`),
      Retry: TRANSIENT,
      Assign: { ...check.assign, ready: yes(check.holds) },
      Catch: [caught(failed)],
    },
    [`${id}: may I?`]: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $ready %}', Next: `${id}: look` }],
      Assign: { error: `${id}: not so: ${precondition.text}` },
      Default: failed,
    },
  };
}

/** Look, act when it is not so, wait, look again, until it is so or time is up. */
function changeStates(
  id: string,
  change: Change,
  timeoutSeconds: number,
  machine: FailoverMachine,
  ways: Ways,
): States {
  const [look, decide, wait] = [`${id}: look`, `${id}: done?`, `${id}: wait`];
  const limit = Math.ceil(timeoutSeconds / machine.pollSeconds);
  const { until, calls } = change;
  const act = (index: number) => `${id}: act ${index + 1}`;
  const notYet = { Condition: '{% $acted = false %}', Next: act(0) };
  return {
    [look]: {
      ...task(until, decide),
      Retry: TRANSIENT,
      Assign: { ...until.assign, done: yes(until.holds), tries: '{% $tries + 1 %}' },
      // What cannot be asked is not known to be so.
      Catch: [{ ...caught(decide), Assign: { ...ERROR, tries: '{% $tries + 1 %}' } }],
    },
    [decide]: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $done %}', Next: ways.done },
        {
          Condition: `{% $tries > ${limit} %}`,
          Assign: { error: `{% "${id}: not done within ${timeoutSeconds} s, last error: " & $error %}` },
          Next: ways.failed,
        },
        ...(calls.length === 0 ? [] : [notYet]),
      ],
      Default: wait,
    },
    ...Object.fromEntries(
      calls.map((call, index) => {
        const last = index === calls.length - 1;
        const assign = { ...call.assign, ...(last ? { acted: true } : {}) };
        return [
          act(index),
          {
            ...task(call, last ? wait : act(index + 1)),
            ...(Object.keys(assign).length === 0 ? {} : { Assign: assign }),
            Catch: [caught(wait)],
          },
        ];
      }),
    ),
    [wait]: { Type: 'Wait', Seconds: machine.pollSeconds, Next: look },
  };
}

function reportStates({ metricsNamespace }: FailoverMachine): States {
  const datum = (name: string, value: string) =>
    `{"MetricName": "${name}", "Unit": "Seconds", "Value": ${value}, "Dimensions": [{"Name": "scenario", "Value": $scenario}]}`;
  const scenario = '$scenario := $mode = "graceful" ? "region-switch" : "region-lost"';
  return {
    report: {
      Type: 'Pass',
      Assign: {
        recoverySeconds: '{% ($millis() - $since) / 1000 %}',
        // A graceful move waits until nothing is missing. After an ungraceful one, what the lag was is the best that is known.
        lossSeconds: '{% $mode = "graceful" ? 0 : $lagSeconds %}',
      },
      Next: 'publish',
    },
    publish: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:cloudwatch:putMetricData',
      Arguments: {
        Namespace: metricsNamespace,
        MetricData: `{% (${scenario}; $append([${datum('drill_recovery_seconds', '$recoverySeconds')}], $lossSeconds < 0 ? [] : [${datum('drill_data_loss_seconds', '$lossSeconds')}])) %}`,
      },
      TimeoutSeconds: CALL_SECONDS,
      Retry: TRANSIENT,
      // The platform has moved, whether or not somebody counts it.
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'moved' }],
      Next: 'moved',
    },
    moved: {
      Type: 'Succeed',
      Output: {
        mode: '{% $mode %}',
        recoverySeconds: '{% $recoverySeconds %}',
        dataLossSeconds: '{% $lossSeconds %}',
      },
    },
  };
}

function endings(): States {
  const fail = (name: string, Cause: string) => ({ Type: 'Fail', Error: name, Cause });
  return {
    'wrong input': fail('WrongInput', 'the input must have a `mode`, graceful or ungraceful'),
    'not approved': fail('NotApproved', 'nobody approved in time, or somebody declined; nothing was changed'),
    undone: fail('Undone', '{% "everything is as it was before: " & $error %}'),
    'half undone': fail('HalfUndone', '{% "undo the rest by hand (docs/runbooks/failover.md): " & $error %}'),
    stopped: fail(
      'Stopped',
      '{% "nothing was undone, because the database was being promoted; remove the cause and start again: " & $error %}',
    ),
  };
}

function task({ call, arguments: Arguments }: Call, Next: string): States {
  const Resource = `arn:aws:states:::${call === 'lambda:invoke' ? '' : 'aws-sdk:'}${call}`;
  return { Type: 'Task', Resource, Arguments, TimeoutSeconds: CALL_SECONDS, Next };
}

const ERROR = { error: '{% $states.errorOutput.Error & ": " & $states.errorOutput.Cause %}' };

function caught(Next: string): States {
  return { ErrorEquals: ['States.ALL'], Assign: ERROR, Next };
}

/** A condition that is false when its path leads nowhere. */
const yes = (condition: string): string => `{% (${condition}) ? true : false %}`;

/** The beginning of a change: with fresh variables, and only in its modes. */
function started(modes: readonly FailoverMode[] | undefined, first: string, otherwise: string): States {
  if (modes === undefined) return { Type: 'Pass', Assign: FRESH, Next: first };
  return { Type: 'Choice', Choices: [{ Condition: inMode(modes), Assign: FRESH, Next: first }], Default: otherwise };
}

/** After a step that cannot be undone nothing is: the platform would be led back to a database that is gone. */
function wayBack(step: FailoverStep, forwardOnly: readonly FailoverMode[]): States {
  if (forwardOnly.length === 0) return { Type: 'Pass', Next: undoOf(step) };
  if (modesOf(step).every((mode) => forwardOnly.includes(mode))) return { Type: 'Pass', Next: 'stopped' };
  return {
    Type: 'Choice',
    Choices: [{ Condition: inMode(forwardOnly), Next: 'stopped' }],
    Default: undoOf(step),
  };
}

/** The modes in which one of `steps` cannot be undone. */
function oneWay(steps: readonly FailoverStep[]): readonly FailoverMode[] {
  return steps.flatMap((step) => ('impossible' in step.undo ? modesOf(step) : []));
}

const modesOf = ({ modes = ['graceful', 'ungraceful'] }: FailoverStep): readonly FailoverMode[] => modes;

const inMode = (modes: readonly FailoverMode[]): string => `{% $mode in ${JSON.stringify(modes)} %}`;
