import { RULES } from '../../../analysis/cost/rules/rules';
import { TRAFFIC_ASSUMPTIONS } from '../../../analysis/cost/usage/traffic';

/** Every usage input as rows of the table in docs/cost.md. */
export function inputRows(): readonly string[] {
  return [...RULES].flatMap(([type, { inputs = {} }]) =>
    Object.entries(inputs).map(
      ([name, { unit, why, perRequest }]) =>
        `| \`${type}\` | \`${name}\` | ${unit} | ${why} | ${perRequest ? 'yes' : 'no'} |`,
    ),
  );
}

/** Every traffic assumption as rows of the table in docs/cost.md. */
export function trafficRows(): readonly string[] {
  return Object.entries(TRAFFIC_ASSUMPTIONS).map(([name, { value, why }]) => `| \`${name}\` | ${value} | ${why} |`);
}
