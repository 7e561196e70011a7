import type * as logs from 'aws-cdk-lib/aws-logs';
import type { DataAccess } from '../data-access/data-access';
import type { FunctionNetwork, PlatformFunctionProps } from '../function/platform-function-props';

/** What every function that works in the background needs. */
export interface BackgroundFunctionProps {
  readonly data: DataAccess;
  readonly network: FunctionNetwork;
  readonly logRetention: logs.RetentionDays;
}

/** One connection per execution is enough: a function does one thing at a time. */
export function backgroundFunction(
  { data, network, logRetention }: BackgroundFunctionProps,
  executions: number,
): Pick<PlatformFunctionProps, 'data' | 'network' | 'logRetention' | 'reservedConcurrency'> {
  return { data: { access: data, connectionsPerEndpoint: 1 }, network, logRetention, reservedConcurrency: executions };
}
