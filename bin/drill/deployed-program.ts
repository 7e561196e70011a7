import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { FailoverMode } from '../../lib/constructs/recovery/failover-step';
import type { DrillFindings } from './drill';

export interface DeployedDrill {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly mode: FailoverMode;
  /** Who answers for it; absent: the program asks the operators. */
  readonly approvedBy?: string;
  /** When the region was lost, ISO 8601. */
  readonly since?: string;
  readonly tell: (what: string) => void;
  /** Milliseconds between two looks. */
  readonly poll: number;
}

/** Starts the failover program in the account and follows it to its end. */
export async function runDeployed({
  client,
  stateMachineArn,
  mode,
  approvedBy,
  since,
  tell,
  poll,
}: DeployedDrill): Promise<DrillFindings> {
  const input = JSON.stringify({ mode, ...(approvedBy && { approvedBy }), ...(since && { since }) });
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input }));
  tell(`started ${executionArn}`);
  let seen = 0;
  for (;;) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    seen = await tellSteps(client, executionArn, seen, tell);
    if (execution.status !== 'RUNNING') return findingsOf(execution);
    await sleep(poll);
  }
}

/** Tells the steps that were entered since event `seen`. @returns the newest event */
async function tellSteps(
  client: SFNClient,
  executionArn: string | undefined,
  seen: number,
  tell: (what: string) => void,
) {
  let newest = seen;
  let nextToken: string | undefined;
  do {
    const page = await client.send(new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1_000 }));
    for (const { id = 0, stateEnteredEventDetails } of page.events ?? []) {
      const name = stateEnteredEventDetails?.name;
      if (id > seen && name !== undefined && !name.includes(':')) tell(name);
      newest = Math.max(newest, id);
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return newest;
}

function findingsOf({ status, output, error, cause }: DescribeExecutionOutput): DrillFindings {
  if (status === 'SUCCEEDED') {
    const { recoverySeconds, dataLossSeconds } = JSON.parse(output ?? '{}') as Partial<DrillFindings>;
    return {
      recoverySeconds: recoverySeconds ?? Number.POSITIVE_INFINITY,
      dataLossSeconds: Math.max(0, dataLossSeconds ?? 0),
      measured: {},
      problems: dataLossSeconds === -1 ? ['nobody knows what was lost: the lag was not reported'] : [],
    };
  }
  return {
    recoverySeconds: Number.POSITIVE_INFINITY,
    dataLossSeconds: 0,
    measured: {},
    problems: [`the program ended with ${error ?? status}${cause === undefined ? '' : `: ${cause}`}`],
  };
}
