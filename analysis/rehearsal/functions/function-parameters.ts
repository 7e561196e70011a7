import { moved, number } from '../simulation/parameters';

/** Everything the rehearsal of a function had to assume about Lambda. */
const UNDOCUMENTED = {
  metricDelay: number(60, 30, 150, 's', 'no source; as the load balancer'),
  idle: number(600, 300, 2700, 's', 'users measured 5 to 45 minutes until an idle environment is gone'),
  provisionedStart: number(90, 30, 240, 's', '"within minutes" in users\' reports'),
} as const;

/** One value for each. */
export type FunctionParameters = Readonly<Record<keyof typeof UNDOCUMENTED, number>>;

/** The values the evidence suggests. */
export const DEFAULT_FUNCTION_PARAMETERS: FunctionParameters = {
  metricDelay: UNDOCUMENTED.metricDelay.value,
  idle: UNDOCUMENTED.idle.value,
  provisionedStart: UNDOCUMENTED.provisionedStart.value,
};

/** Each moved to its lowest and its highest value, one at a time. */
export function functionAlternatives(): { readonly label: string; readonly parameters: FunctionParameters }[] {
  return moved(UNDOCUMENTED, DEFAULT_FUNCTION_PARAMETERS);
}
