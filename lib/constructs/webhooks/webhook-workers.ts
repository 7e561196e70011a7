import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { assertNoProblems, integerInRange } from '../../shared/validation';
import type { TaskSize } from '../container-service/hardened-task';
import { WorkerService } from '../container-service/worker-service';
import type { DataAccess } from '../data-access/data-access';
import type { ServiceKeys } from '../secrets/service-keys';

/** What an environment decides about the delivery of webhooks. */
export interface WebhookSettings extends TaskSize {
  /** Workers. One delivers hundreds a second; a second one goes on while the first is replaced. */
  readonly tasks: number;
}

export interface WebhookWorkersProps extends WebhookSettings {
  readonly cluster: ecs.ICluster;

  /** Subnets of the tasks; they must reach the internet. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /** The service's image, which holds the worker too. */
  readonly image: ecs.ContainerImage;

  /** The unprivileged user of the image. */
  readonly user: string;

  readonly data: DataAccess;
  readonly keys: ServiceKeys;

  /** CloudWatch namespace of what the tasks report. */
  readonly metricsNamespace: string;

  readonly logRetention: logs.RetentionDays;
}

/** Statements are short and receivers are slow: this many connections keep up with all places of a worker. */
export const WEBHOOK_CONNECTIONS = 2;

/** Delivers webhooks from the database to the internet, in containers: see docs/decisions/0061. */
export class WebhookWorkers extends Construct {
  public readonly workers: WorkerService;
  private readonly namespace: string;

  public constructor(scope: Construct, id: string, props: WebhookWorkersProps) {
    super(scope, id);
    assertNoProblems(this, integerInRange('tasks', props.tasks, 1, 100));
    const { data, keys, tasks } = props;
    const connectionsPerEndpoint = WEBHOOK_CONNECTIONS;
    this.namespace = props.metricsNamespace;
    this.workers = new WorkerService(this, 'Workers', {
      ...props,
      minTasks: tasks,
      maxTasks: tasks,
      command: ['/usr/local/bin/node', '/app/webhook-worker.js'],
      // The longest attempt, and what surrounds it.
      stopTimeout: Duration.seconds(30),
      environment: {
        METRICS_NAMESPACE: props.metricsNamespace,
        ...data.environment({ connectionsPerEndpoint }),
      },
    });
    keys.addTo(this.workers.container, ['WEBHOOK_KEYS']);
    data.connect({
      name: 'webhooks',
      connectable: this.workers,
      grantee: this.workers.service.taskDefinition.taskRole,
      processes: tasks,
      connectionsPerEndpoint,
    });
  }

  /** Webhooks that wait. Maximum over 1 minute. */
  public metricWaiting(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('webhook_deliveries_waiting', cloudwatch.Stats.MAXIMUM, options);
  }

  /** Age of the oldest webhook that waits, in seconds. Maximum over 1 minute. */
  public metricOldestDelivery(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('webhook_oldest_delivery_seconds', cloudwatch.Stats.MAXIMUM, options);
  }

  /** Webhooks that were given up. No data when none was. Sum over 1 minute. */
  public metricDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('webhook_dead_letters_total', cloudwatch.Stats.SUM, options);
  }

  /** Attempts by what came of them. No data when there was none. Sum over 1 minute. */
  public metricAttempts(outcome: 'accepted' | 'failed', options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('webhook_attempts_total', cloudwatch.Stats.SUM, options, { outcome });
  }

  private metric(
    metricName: string,
    statistic: string,
    options?: cloudwatch.MetricOptions,
    dimensions: Record<string, string> = {},
  ): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: this.namespace,
      metricName,
      dimensionsMap: { worker: 'webhooks', ...dimensions },
      statistic,
      period: Duration.minutes(1),
      ...options,
    });
  }
}
