import type { Duration, Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { DataAccess } from '../data-access/data-access';

/** Where a function runs that must reach something private. */
export interface FunctionNetwork {
  readonly vpc: ec2.IVpc;

  /** Subnets from which everything that the function calls can be reached, AWS services included. */
  readonly vpcSubnets: ec2.SubnetSelection;
}

/** How a function uses the database and the cache. */
export interface FunctionData {
  readonly access: DataAccess;

  /** Connections that one execution environment holds to the writer, and again as many to the readers. */
  readonly connectionsPerEndpoint: number;
}

export interface PlatformFunctionProps {
  /** Its folder under `lambda/`; the bundle is `dist/lambda/<name>`. */
  readonly name: string;

  /** What it does, one line. */
  readonly description: string;

  /**
   * Name of the function at AWS, for a caller in another region that must find it by name.
   *
   * @default - CloudFormation chooses one
   */
  readonly functionName?: string;

  /**
   * Memory, 128 to 10,240 MiB; processor time is in proportion, one core at 1,769 MiB.
   *
   * @default Size.mebibytes(256)
   */
  readonly memory?: Size;

  /**
   * Longest run, 1 to 900 seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration;

  /**
   * What its process is told besides what every function is told.
   *
   * @default - nothing
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * CloudWatch namespace of the metrics that its code writes.
   *
   * @default - none; a function that needs one fails at its start
   */
  readonly metricsNamespace?: string;

  /**
   * Least severe line of its own that is kept.
   *
   * @default 'INFO'
   */
  readonly logLevel?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

  /**
   * Least severe line of Lambda itself that is kept; `INFO` has a report for every invocation.
   *
   * @default lambda.SystemLogLevel.WARN
   */
  readonly systemLogLevel?: lambda.SystemLogLevel;

  /**
   * How long its logs are kept.
   *
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Whether Lambda writes a trace of each sampled invocation.
   *
   * @default true
   */
  readonly tracing?: boolean;

  /**
   * Where an event goes that was given up: a queue of its own, or a destination. A function that an event source calls
   * without waiting for the answer must have one.
   *
   * @default - nowhere; whoever calls it gets the error
   */
  readonly onFailure?: 'queue' | lambda.IDestination;

  /**
   * How often an event is tried again, 0 to 2; for callers that do not wait for the answer.
   *
   * @default 2
   */
  readonly retryAttempts?: number;

  /**
   * How long an event is tried, 1 minute to 6 hours; for callers that do not wait for the answer.
   *
   * @default Duration.hours(6)
   */
  readonly maxEventAge?: Duration;

  /**
   * Executions that belong to it alone, out of the account's pool; it cannot have more.
   *
   * @default - it shares the pool
   */
  readonly reservedConcurrency?: number;

  /**
   * The VPC that it runs in.
   *
   * @default - none; it reaches public services only
   */
  readonly network?: FunctionNetwork;

  /**
   * Database and cache: network, permission, settings, and its connections counted. Needs `network` and
   * `reservedConcurrency`.
   *
   * @default - none
   */
  readonly data?: FunctionData;
}
