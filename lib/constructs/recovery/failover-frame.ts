import { CALL_SECONDS, type States, TRANSIENT } from './failover-change';

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

/** Variables that a step starts with. */
export const FRESH = { tries: 0, acted: false, done: false };

/** From the input to the first step: with an approval, asked for where it is not given. */
export function openingStates(first: string, { approvalTopicArn, approvalSeconds }: FailoverMachine): States {
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

/** How long it took and what was lost, told to whoever counts. */
export function reportStates({ metricsNamespace }: FailoverMachine): States {
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

/** Every way in which it can end without having moved. */
export function endings(): States {
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
