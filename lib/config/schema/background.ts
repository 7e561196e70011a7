import { Duration } from 'aws-cdk-lib';
import { FARGATE_CPU_UNITS } from '../../constructs/container-service/task-size';
import type {
  BackgroundSettings,
  FunctionProcessing,
  WorkerProcessing,
} from '../../constructs/jobs/background-settings';
import { type Check, duration, integer, noneOr, oneOf, shape, variant } from '../checks';
import { seconds } from './values';

const processing = variant({
  function: shape<FunctionProcessing>({ kind: oneOf('function'), maxConcurrency: integer(2, 1000) }),
  workers: shape<WorkerProcessing>({
    kind: oneOf('workers'),
    cpu: oneOf(...FARGATE_CPU_UNITS),
    memoryMiB: integer(512, 122_880),
    minTasks: integer(1, 5000),
    maxTasks: integer(1, 5000),
    concurrency: integer(1, 1000),
    maxWait: seconds(1, 86_400),
    jobTime: duration(Duration.millis(1), Duration.hours(12)),
  }),
} satisfies Record<BackgroundSettings['processing']['kind'], Check>);

export const background = shape<BackgroundSettings>({
  eventArchive: noneOr(duration(Duration.days(1), Duration.days(3650))),
  relay: seconds(0, 65),
  jobTimeout: seconds(1, 7200),
  processing,
  popularityDays: integer(1, 366),
});
