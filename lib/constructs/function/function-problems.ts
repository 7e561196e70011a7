import { existsSync } from 'node:fs';
import { SizeRoundingBehavior } from 'aws-cdk-lib';
import { integerInRange, secondsInRange } from '../../shared/validation';
import type { PlatformFunctionProps } from './platform-function-props';

/** Folder of the bundle of a function, as `esbuild.config.mjs` builds it. */
export function bundleOf(name: string): string {
  return `dist/lambda/${name}`;
}

/** Everything that is wrong with `props`; limits: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export function functionProblems(props: PlatformFunctionProps): string[] {
  return [
    ...bundleProblems(props.name),
    ...integerInRange('memory (MiB)', props.memory?.toMebibytes({ rounding: SizeRoundingBehavior.NONE }), 128, 10_240),
    ...secondsInRange('timeout', props.timeout, 1, 900),
    ...integerInRange('retryAttempts', props.retryAttempts, 0, 2),
    ...secondsInRange('maxEventAge', props.maxEventAge, 60, 21_600),
    ...integerInRange('reservedConcurrency', props.reservedConcurrency, 1, 1_000_000),
    ...dataProblems(props),
  ];
}

function bundleProblems(name: string): string[] {
  const bundle = `${bundleOf(name)}/index.js`;
  return existsSync(bundle)
    ? []
    : [
        `\`name\` must be a folder under lambda/ with a handler.ts, got '${name}', and there is no ${bundle}: npm run build`,
      ];
}

function dataProblems({ data, network, reservedConcurrency }: PlatformFunctionProps): string[] {
  if (data === undefined) return [];
  return [
    ...(network === undefined ? ['`data` needs `network`: database and cache are in the VPC only'] : []),
    ...(reservedConcurrency === undefined
      ? ['`data` needs `reservedConcurrency`: without a bound, its executions could use up all connections']
      : []),
  ];
}
