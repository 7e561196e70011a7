import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PlatformFunction } from '../function/platform-function';

/** As long as a run of the warmer, which tells it to end sooner. */
export const WARMING_TIMEOUT = Duration.minutes(4);

/** Name of the function in each region, as the warmer knows it (docs/decisions/0089). */
export function edgeWarmerName(environment: string): string {
  return `headroom-${environment}-edge-warmer`;
}

/** The function in `region`, as seen from the account of `scope`. */
export function edgeWarmerArn(scope: Construct, environment: string, region: string): string {
  return Stack.of(scope).formatArn({
    service: 'lambda',
    region,
    resource: 'function',
    resourceName: edgeWarmerName(environment),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

export interface EdgeWarmerProps {
  /** Name of the environment. */
  readonly environment: string;

  readonly logRetention: logs.RetentionDays;
}

/**
 * Asks for popular paths through the CDN from the region that it is in, so that the edges near it have the answers. It
 * knows nothing by itself: the warmer in the primary region hands it the paths.
 */
export class EdgeWarmer extends Construct {
  /** The function; it is in no VPC and may use nothing. */
  public readonly warmer: PlatformFunction;

  public constructor(scope: Construct, id: string, { environment, logRetention }: EdgeWarmerProps) {
    super(scope, id);
    this.warmer = new PlatformFunction(this, 'Function', {
      name: 'edge-warmer',
      functionName: edgeWarmerName(environment),
      description: 'Asks for popular paths through the CDN from this region',
      timeout: WARMING_TIMEOUT,
      logRetention,
    });
  }
}
