import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ContainerService } from '../../container-service/container-service';
import type { ScalingEvents } from '../../scaling/scaling-events';
import type { Concern, MissingData } from '../alarm-row';
import type { RuntimeMetrics } from '../runtime-metrics';
import type { ServiceEvents } from '../service-events';

export interface ServiceAlarmsProps {
  readonly service: ContainerService;
  readonly scalingEvents: ScalingEvents;
  readonly events: ServiceEvents;
  readonly runtime: RuntimeMetrics;
  readonly minTasks: number;
  readonly maxTasks: number;
}

const NO_TASKS: MissingData = { counts: 'notBreaching', because: 'no task runs, which service-below-minimum tells' };
const ONLY_WHEN_IT_HAPPENS: MissingData = { counts: 'notBreaching', because: 'it is counted only when it happens' };

/** What the tasks use, how many there are, and whether they stay alive. */
export function serviceAlarms(props: ServiceAlarmsProps): Concern {
  return { name: 'service', rows: [...utilisationRows(props), ...taskRows(props)] };
}

function utilisationRows({ service, runtime }: ServiceAlarmsProps): Concern['rows'] {
  return [
    {
      id: 'service-cpu',
      says: 'Tasks have used more than 85 % of their CPU although scaling should have added some',
      metric: service.metricCpuUtilization(),
      when: { above: 85 },
      datapoints: [15, 20],
      severity: 'ticket',
      missing: NO_TASKS,
    },
    {
      id: 'service-memory',
      says: 'A task uses more than 90 % of its memory and is about to be killed',
      metric: service.metricMemoryUtilization({ statistic: cloudwatch.Stats.MAXIMUM }),
      when: { above: 90 },
      datapoints: [5, 10],
      severity: 'ticket',
      missing: NO_TASKS,
    },
    {
      id: 'service-event-loop',
      says: 'The event loop of a task is busy more than 90 % of the time: requests wait for each other',
      metric: runtime.metricResourceUtilization('event_loop'),
      when: { above: 90 },
      datapoints: [5, 10],
      severity: 'ticket',
      missing: NO_TASKS,
    },
    {
      id: 'service-uneven-tasks',
      says: 'One task works twice as hard as the mean of all',
      metric: service.metricTaskImbalance(),
      when: { above: 2 },
      datapoints: [15, 20],
      severity: 'ticket',
      missing: NO_TASKS,
    },
    {
      id: 'service-shedding-load',
      says: 'Tasks refuse requests because too many wait',
      metric: shedRequests(runtime),
      when: { atLeast: 10 },
      datapoints: [3, 5],
      severity: 'page',
      missing: ONLY_WHEN_IT_HAPPENS,
    },
  ];
}

function taskRows({ scalingEvents, events, minTasks, maxTasks }: ServiceAlarmsProps): Concern['rows'] {
  return [
    {
      id: 'service-below-minimum',
      says: `Fewer than ${minTasks} tasks run`,
      metric: scalingEvents.metricInstancesRunning(),
      when: { below: minTasks },
      datapoints: [5, 5],
      severity: 'page',
      missing: {
        counts: 'missing',
        because: 'the function that counts tasks has failed, which its own alarm tells; nobody knows the number',
      },
    },
    {
      id: 'service-at-maximum',
      says: `All ${maxTasks} tasks that are allowed have been running for half an hour`,
      metric: scalingEvents.metricInstancesRunning(),
      when: { atLeast: maxTasks },
      datapoints: [25, 30],
      severity: 'ticket',
      missing: { counts: 'ignore', because: 'the function that counts tasks has failed; the last number still holds' },
    },
    {
      id: 'service-tasks-crashing',
      says: 'Tasks die or do not start: three or more within ten minutes',
      metric: events.metricTaskCrashes({ period: Duration.minutes(10) }),
      when: { atLeast: 3 },
      datapoints: [1, 1],
      severity: 'page',
      missing: ONLY_WHEN_IT_HAPPENS,
    },
    {
      id: 'service-deployment-failed',
      says: 'A deployment failed and was rolled back: the new version does not run',
      metric: events.metricFailedDeployments({ period: Duration.minutes(5) }),
      when: { atLeast: 1 },
      datapoints: [1, 1],
      severity: 'ticket',
      missing: ONLY_WHEN_IT_HAPPENS,
    },
  ];
}

function shedRequests(runtime: RuntimeMetrics): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: 'FILL(full, 0) + FILL(late, 0)',
    usingMetrics: {
      full: runtime.metricShedRequests('queue_full'),
      late: runtime.metricShedRequests('queue_timeout'),
    },
    label: 'refused requests',
    period: Duration.minutes(1),
  });
}
