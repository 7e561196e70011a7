import type { Resource } from '../../template';
import type { AlarmDefinition, AlarmRule, Comparison, MissingData } from '../alarms/alarm-definition';
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
  if (text(alarm.property('ActionsEnabled')) === 'false') {
    notes.skip(alarm.address, 'its actions are switched off (`ActionsEnabled`)');
    return undefined;
  }
  const rule = readRule(alarm);
  if (typeof rule === 'string') {
    notes.skip(alarm.address, `${rule} is not simulated`);
    return undefined;
  }
  const read = readAlarmQueries(alarm, idle, notes);
  return read && { name: alarm.logicalId, ...read, ...rule };
}

/** What of an alarm is not its metric, or what of it cannot be read. */
export function readRule(
  alarm: Resource,
): (AlarmRule & Pick<AlarmDefinition, 'evaluationWindow' | 'lowSampleCountPercentile'>) | string {
  const operator = text(alarm.property('ComparisonOperator')) ?? '';
  const comparison = COMPARISONS[operator];
  const threshold = number(alarm.property('Threshold'));
  const evaluationPeriods = number(alarm.property('EvaluationPeriods'));
  if (comparison === undefined) return `the comparison '${operator}'`;
  if (threshold === undefined || evaluationPeriods === undefined) {
    return 'a threshold or a number of periods that is not in the template';
  }
  const treatment = text(alarm.property('TreatMissingData'));
  return {
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
