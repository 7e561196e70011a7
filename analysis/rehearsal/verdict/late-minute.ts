import type { AlarmDefinition, Measure } from '../alarms/alarm-definition';
import { AlarmMonitor } from '../alarms/alarm-monitor';
import { DEFAULT_PARAMETERS } from '../simulation/parameters';

const ECS_MEASURES: ReadonlySet<Measure> = new Set(['cpu', 'memory']);

/** A value below every bound that says "quiet". */
const SMALL = 0.001;

/**
 * Whether metric math makes a value of a minute in which the metrics of ECS, a minute later than the load balancer's, have
 * not arrived, and that value keeps an alarm of N in N from what it is for.
 */
export function isStuckByLateMetrics(alarm: AlarmDefinition): boolean {
  if (alarm.datapointsToAlarm < alarm.evaluationPeriods || alarm.queries.every((query) => 'measure' in query))
    return false;
  const isOfEcs = alarm.queries.some((query) => 'measure' in query && ECS_MEASURES.has(query.measure));
  const evaluate = (ecs: number | undefined) =>
    new AlarmMonitor(
      alarm,
      { read: ({ measure }) => (ECS_MEASURES.has(measure) ? ecs : SMALL) },
      { ...DEFAULT_PARAMETERS, missingInMath: 'zero' },
    ).evaluate(0);
  const late = evaluate(undefined);
  return isOfEcs && evaluate(SMALL).state === 'ALARM' && late.datapoints.length > 0 && late.state !== 'ALARM';
}
