import { Duration, Size } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { assertNoProblems } from '../../shared/validation';
import { refuseLostEvents } from './asynchronous-callers';
import { createFailureQueue, failureDestination } from './failure-queue';
import { bundleOf, functionProblems } from './function-problems';
import { createFunctionRole } from './function-role';
import type { PlatformFunctionProps } from './platform-function-props';

/**
 * The one way a function is made: the bundle of a folder under `lambda/` on Node 24 and ARM64, with a role and a log
 * group of its own.
 */
export class PlatformFunction extends Construct implements iam.IGrantable, ec2.IConnectable {
  /** The underlying function, for event sources and anything this construct does not cover. */
  public readonly function: lambda.Function;

  public readonly logGroup: logs.LogGroup;

  /** What it may do. A permission on `*` belongs into a policy of its own, where it is acknowledged. */
  public readonly role: iam.IRole;

  public readonly grantPrincipal: iam.IPrincipal;

  /** Events that were given up, with `onFailure: 'queue'`. */
  public readonly failures: sqs.Queue | undefined;

  /** @throws InvalidPropsError with every problem; and at synth, when a caller that does not wait would lose events. */
  public constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id);
    assertNoProblems(this, functionProblems(props));
    const { name, functionName, network, tracing = true, onFailure, reservedConcurrency } = props;

    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
    });
    const { role, runtimePolicy } = createFunctionRole(this, { tracing, inVpc: network !== undefined });
    this.logGroup.grantWrite(role);
    this.role = role;
    this.grantPrincipal = role;
    this.failures = onFailure === 'queue' ? createFailureQueue(this) : undefined;

    this.function = new lambda.Function(this, 'Function', {
      ...(functionName !== undefined && { functionName }),
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(bundleOf(name)),
      handler: 'index.handler',
      memorySize: (props.memory ?? Size.mebibytes(256)).toMebibytes(),
      timeout: props.timeout ?? Duration.seconds(30),
      environment: environmentOf(props),
      role,
      ...logging(props, this.logGroup),
      ...failureHandling(props, this.failures),
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      ...(network && { ...network, securityGroups: [this.addSecurityGroup(name, network.vpc)] }),
    });
    if (runtimePolicy !== undefined) this.function.node.addDependency(runtimePolicy);
    if (tracing) traceActively(this.function);
    this.connectData(props);
    if (onFailure === undefined) refuseLostEvents(this.function, this.node.path);
  }

  /** Its security group; it has one in a `network` only. */
  public get connections(): ec2.Connections {
    return this.function.connections;
  }

  /** Lets `grantee` call it. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.function.grantInvoke(grantee);
  }

  /** Calls. Sum over 1 minute. */
  public metricInvocations(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Invocations', cloudwatch.Stats.SUM, options);
  }

  /** Calls that failed, in its code or by time-out. Sum over 1 minute. */
  public metricErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Errors', cloudwatch.Stats.SUM, options);
  }

  /** Calls that found no free execution. Sum over 1 minute. */
  public metricThrottles(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Throttles', cloudwatch.Stats.SUM, options);
  }

  /** Time of a call in milliseconds, without the cold start. 95th percentile over 1 minute. */
  public metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Duration', cloudwatch.Stats.percentile(95), options);
  }

  /** Calls that run at once. Maximum over 1 minute. */
  public metricConcurrentExecutions(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ConcurrentExecutions', cloudwatch.Stats.MAXIMUM, options);
  }

  /** Events that were given up; they are where `onFailure` says. Sum over 1 minute. */
  public metricAsyncEventsDropped(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('AsyncEventsDropped', cloudwatch.Stats.SUM, options);
  }

  /** How long events have waited for their call, in milliseconds. Maximum over 1 minute. */
  public metricAsyncEventAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('AsyncEventAge', cloudwatch.Stats.MAXIMUM, options);
  }

  /** Events that were given up and did not even reach `onFailure`: lost. Sum over 1 minute. */
  public metricEventsLost(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('DestinationDeliveryFailures', cloudwatch.Stats.SUM, options);
  }

  private metric(name: string, statistic: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.function.metric(name, { statistic, period: Duration.minutes(1), ...options });
  }

  private addSecurityGroup(name: string, vpc: ec2.IVpc): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, description: `Function ${name}` });
  }

  private connectData({ name, data, reservedConcurrency = 0 }: PlatformFunctionProps): void {
    data?.access.connect({
      name,
      connectable: this,
      grantee: this,
      processes: reservedConcurrency,
      connectionsPerEndpoint: data.connectionsPerEndpoint,
    });
  }
}

function environmentOf(props: PlatformFunctionProps): Record<string, string> {
  const { name, metricsNamespace, data, logLevel = 'INFO' } = props;
  return {
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_LOG_LEVEL: logLevel,
    ...(metricsNamespace !== undefined && {
      POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
      // What the platform's own aggregator reads, here and in containers.
      METRICS_NAMESPACE: metricsNamespace,
    }),
    ...data?.access.environment(data),
    ...props.environment,
  };
}

function logging({ logLevel, systemLogLevel }: PlatformFunctionProps, logGroup: logs.ILogGroup) {
  return {
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    // Never above INFO: metrics are lines without a level, which Lambda takes for INFO. The logger drops the others.
    applicationLogLevelV2: logLevel === 'DEBUG' ? lambda.ApplicationLogLevel.DEBUG : lambda.ApplicationLogLevel.INFO,
    systemLogLevelV2: systemLogLevel ?? lambda.SystemLogLevel.WARN,
  };
}

function failureHandling(props: PlatformFunctionProps, queue: sqs.Queue | undefined): lambda.EventInvokeConfigOptions {
  const { onFailure, retryAttempts, maxEventAge } = props;
  const destination = queue === undefined ? onFailure : failureDestination(queue);
  return {
    ...(destination !== undefined && destination !== 'queue' && { onFailure: destination }),
    ...(retryAttempts !== undefined && { retryAttempts }),
    ...(maxEventAge !== undefined && { maxEventAge }),
  };
}

/** Not by the L2's prop: it would put `*` among the permissions that others grant, and hide theirs. */
function traceActively(fn: lambda.Function): void {
  (fn.node.defaultChild as lambda.CfnFunction).tracingConfig = { mode: lambda.Tracing.ACTIVE };
}
