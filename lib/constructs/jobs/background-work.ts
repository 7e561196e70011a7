import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { FunctionNetwork } from '../function/platform-function-props';
import type { BackgroundFunctionProps } from './background-function';
import type { BackgroundSettings } from './background-settings';
import { CatalogueProjection } from './catalogue-projection';
import { EventBus } from './event-bus';
import { JobFunction } from './job-function';
import { JobQueue } from './job-queue';
import { JobWorkers } from './job-workers';
import { OrderSaga } from './order-saga';
import { OutboxRelay } from './outbox-relay';

export interface BackgroundWorkProps extends BackgroundSettings, BackgroundFunctionProps {
  /** Where workers run, if jobs are done by workers. */
  readonly cluster: ecs.ICluster;
  /** The service's image, which holds the worker too. */
  readonly image: ecs.ContainerImage;
  /** The unprivileged user of the image. */
  readonly user: string;
  /** The private network; everything in the background reaches the data tier in it. */
  readonly network: FunctionNetwork & { readonly vpc: ec2.IVpc };
}

/** Everything that must happen, but not while somebody waits for the answer: events, jobs, and what they set going. */
export class BackgroundWork extends Construct {
  public readonly bus: EventBus;
  public readonly relay: OutboxRelay;
  public readonly jobs: JobQueue;
  public readonly processing: JobFunction | JobWorkers;
  public readonly projection: CatalogueProjection;
  public readonly saga: OrderSaga;

  public constructor(scope: Construct, id: string, props: BackgroundWorkProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Events', { archiveRetention: props.eventArchive });
    this.relay = new OutboxRelay(this, 'Relay', { ...props, bus: this.bus });
    this.jobs = new JobQueue(this, 'Jobs', { jobTimeout: props.jobTimeout });
    this.processing = this.createProcessing(props);
    this.jobs.addSchedule('RefreshPopularity', {
      description: 'Counts anew what visitors did with each item',
      schedule: scheduler.ScheduleExpression.cron({ hour: '3', minute: '17' }),
      type: 'refresh-popularity',
      data: { days: props.popularityDays },
    });
    this.projection = new CatalogueProjection(this, 'Projection', { ...props, bus: this.bus });
    this.saga = new OrderSaga(this, 'OrderSaga', { ...props, bus: this.bus });
  }

  private createProcessing(props: BackgroundWorkProps): JobFunction | JobWorkers {
    const { processing, network } = props;
    return processing.kind === 'function'
      ? new JobFunction(this, 'Processing', { ...props, ...processing, jobs: this.jobs })
      : new JobWorkers(this, 'Processing', {
          ...props,
          ...processing,
          jobs: this.jobs,
          vpcSubnets: network.vpcSubnets,
        });
  }
}
