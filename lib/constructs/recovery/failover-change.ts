import type { Call, Change } from './failover-step';

/** States by their names. */
export type States = Readonly<Record<string, unknown>>;

/** Where a step goes when it is done, and when it cannot be done. */
export interface Ways {
  readonly done: string;
  readonly failed: string;
}

/** What is tried again at once. */
export const TRANSIENT = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2, JitterStrategy: 'FULL' }];
/** Longest that one call may take. */
export const CALL_SECONDS = 60;

/** Look, act when it is not so, wait, look again, until it is so or time is up. */
export function changeStates(
  id: string,
  change: Change,
  timeoutSeconds: number,
  pollSeconds: number,
  ways: Ways,
): States {
  const [look, decide, wait] = [`${id}: look`, `${id}: done?`, `${id}: wait`];
  const limit = Math.ceil(timeoutSeconds / pollSeconds);
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
    [wait]: { Type: 'Wait', Seconds: pollSeconds, Next: look },
  };
}

/** One call of an AWS service. */
export function task({ call, arguments: Arguments }: Call, Next: string): States {
  const Resource = `arn:aws:states:::${call === 'lambda:invoke' ? '' : 'aws-sdk:'}${call}`;
  return { Type: 'Task', Resource, Arguments, TimeoutSeconds: CALL_SECONDS, Next };
}

/** What went wrong, for the report. */
const ERROR = { error: '{% $states.errorOutput.Error & ": " & $states.errorOutput.Cause %}' };

/** Where a call that fails leads. */
export function caught(Next: string): States {
  return { ErrorEquals: ['States.ALL'], Assign: ERROR, Next };
}

/** A condition that is false when its path leads nowhere. */
export const yes = (condition: string): string => `{% (${condition}) ? true : false %}`;
