import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ApiRoute } from './api-route';
import type { OriginGate } from './origin-gate';

/** What every API has, whoever it is for. */
export interface ApiProps {
  /** Its rows. */
  readonly routes: readonly ApiRoute[];

  /** The functions by the names in the rows. */
  readonly functions: Readonly<Record<string, lambda.IFunction>>;

  /** What the CDN says. */
  readonly gate: OriginGate;

  readonly logRetention: logs.RetentionDays;
}
