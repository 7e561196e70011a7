import type { ForecastModel, PredictivePolicy } from './policy-definition';

const HOUR = 3600;
const WEEK_HOURS = 168;

/**
 * Stands in for the forecast of predictive scaling, whose model AWS does not publish.
 *
 * @param hourlyRps mean requests per second of each hour of the traffic
 * @param hour hour that is forecast
 * @returns requests per second, or undefined when the model has no history yet
 */
export function forecastRps(model: ForecastModel, hourlyRps: readonly number[], hour: number): number | undefined {
  if (model === 'perfect-hour') return hourlyRps[hour];
  const weeks: number[] = [];
  for (let past = hour - WEEK_HOURS; past >= 0 && weeks.length < 4; past -= WEEK_HOURS)
    weeks.push(hourlyRps[past] ?? 0);
  if (model === 'same-hour-last-week') return weeks[0];
  return weeks.length === 0 ? undefined : weeks.reduce((sum, rps) => sum + rps, 0) / weeks.length;
}

/**
 * The capacity a predictive policy keeps ready at `nowSeconds`: for this hour, and for the next one from
 * `schedulingBufferSeconds` before it starts. 0 in `ForecastOnly` mode.
 */
export function forecastCapacity(
  policy: PredictivePolicy,
  model: ForecastModel,
  hourlyRps: readonly number[],
  nowSeconds: number,
): number {
  if (policy.mode === 'ForecastOnly') return 0;
  const hours = [nowSeconds, nowSeconds + policy.schedulingBufferSeconds].map((second) => Math.floor(second / HOUR));
  const rps = Math.max(...hours.map((hour) => forecastRps(model, hourlyRps, hour) ?? 0));
  return Math.ceil(rps / policy.requestsPerSecondPerTask);
}
