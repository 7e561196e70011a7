import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { WorkerService } from '../container-service/worker-service';
import type { DataAccess } from '../data-access/data-access';
import { WorkerScaling } from '../scaling/worker-scaling';
import type { WorkerProcessing } from './background-settings';
import type { JobQueue } from './job-queue';

export interface JobWorkersProps extends Omit<WorkerProcessing, 'kind'> {
  readonly jobs: JobQueue;
  readonly data: DataAccess;
  readonly cluster: ecs.ICluster;
  readonly vpcSubnets: ec2.SubnetSelection;
  /** The service's image, which holds the worker too. */
  readonly image: ecs.ContainerImage;
  /** The unprivileged user of the image. */
  readonly user: string;
  readonly logRetention: logs.RetentionDays;
}

/** Does jobs in containers that come and go with the backlog. */
export class JobWorkers extends Construct {
  public readonly workers: WorkerService;
  public readonly scaling: WorkerScaling;

  public constructor(scope: Construct, id: string, props: JobWorkersProps) {
    super(scope, id);
    const { jobs, data, concurrency, maxWait, jobTime: messageTime, maxTasks } = props;
    // A job holds one connection while it works.
    const connectionsPerEndpoint = concurrency;
    this.workers = new WorkerService(this, 'Workers', {
      ...props,
      command: ['/usr/local/bin/node', '/app/job-worker.js'],
      environment: {
        ...data.environment({ connectionsPerEndpoint }),
        ...jobs.workEnvironment(),
        JOBS_CONCURRENCY: String(concurrency),
        JOBS_HEARTBEAT_SECONDS: String(Math.max(3, Math.min(60, jobs.jobTimeout.toSeconds()))),
      },
    });
    const { taskRole } = this.workers.service.taskDefinition;
    jobs.grantWork(taskRole);
    data.connect({
      name: 'jobs',
      connectable: this.workers,
      grantee: taskRole,
      processes: maxTasks,
      connectionsPerEndpoint,
    });
    this.scaling = new WorkerScaling(this, 'Scaling', {
      workers: this.workers,
      queue: jobs.queue,
      maxWait,
      messageTime,
      concurrency,
    });
  }
}
