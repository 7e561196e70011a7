import type { Resource } from '../../template';
import type { AlarmDefinition, Comparison, MissingData } from '../alarms/alarm-definition';
import { number, readMetric, readQueries, text } from './read-metric';
import type { Notes } from './template-error';

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  GreaterThanOrEqualToThreshold: 'GreaterThanOrEqualToThreshold',
  GreaterThanThreshold: 'GreaterThanThreshold',
  LessThanOrEqualToThreshold: 'LessThanOrEqualToThreshold',
  LessThanThreshold: 'LessThanThreshold',
};
const TREATMENTS: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/**
 * Reads an `AWS::CloudWatch::Alarm`.
 *
 * @param idle target groups without traffic
 * @returns undefined when it cannot be played; the notes say why
 */
export function readAlarm(alarm: Resource, idle: readonly Resource[], notes: Notes): AlarmDefinition | undefined {
  const operator = text(alarm.property('ComparisonOperator')) ?? '';
  const comparison = COMPARISONS[operator];
  const threshold = number(alarm.property('Threshold'));
  const evaluationPeriods = number(alarm.property('EvaluationPeriods'));
  if (comparison === undefined || threshold === undefined || evaluationPeriods === undefined) {
    const reason =
      comparison === undefined
        ? `the comparison '${operator}'`
        : 'a threshold or a number of periods that is not in the template';
    notes.skip(alarm.address, `${reason} is not simulated`);
    return undefined;
  }
  const read = readAlarmQueries(alarm, idle, notes);
  if (read === undefined) return undefined;
  const treatment = text(alarm.property('TreatMissingData'));
  return {
    name: alarm.logicalId,
    ...read,
    comparison,
    threshold,
    evaluationPeriods,
    datapointsToAlarm: number(alarm.property('DatapointsToAlarm')) ?? evaluationPeriods,
    treatMissingData: TREATMENTS.find((known) => known === treatment) ?? 'missing',
    evaluationWindow: text(alarm.property('EvaluationWindow')) === 'WallClockWindow' ? 'wall-clock' : 'sliding',
    lowSampleCountPercentile:
      text(alarm.property('EvaluateLowSampleCountPercentile')) === 'ignore' ? 'ignore' : 'evaluate',
  };
}

function readAlarmQueries(
  alarm: Resource,
  idle: readonly Resource[],
  notes: Notes,
): Pick<AlarmDefinition, 'queries' | 'returns' | 'periodSeconds'> | undefined {
  const metrics = alarm.property('Metrics');
  if (metrics !== undefined) {
    const read = readQueries(alarm, metrics, idle, notes);
    return read && withResolution({ ...read, periodSeconds: read.periodSeconds ?? 60 });
  }
  const statistic = text(alarm.property('ExtendedStatistic')) ?? text(alarm.property('Statistic'));
  const query = readMetric(alarm, 'm', alarm.properties, statistic, idle, notes);
  const periodSeconds = number(alarm.property('Period')) ?? 60;
  return query && withResolution({ queries: [query], returns: query.id, periodSeconds });
}

/** A period below a minute looks at high-resolution metrics. */
function withResolution<T extends Pick<AlarmDefinition, 'queries' | 'periodSeconds'>>(read: T): T {
  if (read.periodSeconds >= 60) return read;
  const queries = read.queries.map((query) => ('measure' in query ? { ...query, resolutionSeconds: 20 } : query));
  return { ...read, queries };
}
