import { caught, changeStates, type States, TRANSIENT, task, yes } from './failover-change';
import { endings, type FailoverMachine, FRESH, openingStates, reportStates } from './failover-frame';
import type { Check, FailoverMode, FailoverStep } from './failover-step';

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
    ...changeStates(id, action, step.timeoutSeconds, machine.pollSeconds, { done, failed }),
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
    ...changeStates(id, undo, step.timeoutSeconds, machine.pollSeconds, { done: next, failed: 'half undone' }),
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
