import type { AlarmDefinition, AlarmState } from '../rehearsal/alarms/alarm-definition';
import { AlarmMonitor } from '../rehearsal/alarms/alarm-monitor';
import { DEFAULT_PARAMETERS } from '../rehearsal/simulation/parameters';

/** The value of every series in one phase; one that is not named has no data. */
export type Levels = ReadonlyMap<string, number>;

/** So many samples that no percentile is doubted. */
const ENOUGH_SAMPLES = 1_000_000;

/** The state of an alarm when its series have had these levels for as long as it looks back. */
export function settledState(definition: AlarmDefinition<string>, levels: Levels): AlarmState {
  const seconds = phaseSeconds(definition);
  return monitorOf(definition, () => levels).evaluate(seconds).state;
}

/**
 * The states of an alarm, period by period, when `phases` follow each other and each lasts as long as the alarm looks
 * back.
 */
export function playPhases(definition: AlarmDefinition<string>, phases: readonly Levels[]): AlarmState[][] {
  const length = phaseSeconds(definition);
  const monitor = monitorOf(definition, (seconds) => phases[Math.max(0, Math.ceil(seconds / length) - 1)]);
  const { periodSeconds } = definition;
  return phases.map((_, index) =>
    Array.from(
      { length: length / periodSeconds },
      (_period, period) => monitor.evaluate(index * length + (period + 1) * periodSeconds).state,
    ),
  );
}

function phaseSeconds({ periodSeconds, evaluationPeriods }: AlarmDefinition<string>): number {
  return (evaluationPeriods + DEFAULT_PARAMETERS.evaluationRangeExtra) * periodSeconds;
}

function monitorOf(
  definition: AlarmDefinition<string>,
  levelsAt: (seconds: number) => Levels | undefined,
): AlarmMonitor<string> {
  const reader = {
    read: ({ measure, statistic, endSeconds }: { measure: string; statistic: string; endSeconds: number }) => {
      const level = levelsAt(endSeconds)?.get(measure);
      const countsSamples = statistic === 'SampleCount' && !measure.endsWith(' SampleCount');
      return countsSamples && level !== undefined ? ENOUGH_SAMPLES : level;
    },
  };
  return new AlarmMonitor<string>(definition, reader, DEFAULT_PARAMETERS);
}
