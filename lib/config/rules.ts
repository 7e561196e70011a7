import { timeoutChainProblems } from '../shared/timeout-chain';
import type { PlatformConfig } from './platform-config';

/** A rule between fields. It runs when the sections that it reads are sound by themselves. */
export interface CrossFieldRule {
  readonly reads: readonly (keyof PlatformConfig)[];
  /** Problems, each one sentence: the fields, the rule, the values, the way out. */
  readonly problems: (config: PlatformConfig) => readonly string[];
}

const when = (broken: boolean, problem: string): string[] => (broken ? [problem] : []);

export const CROSS_FIELD_RULES: readonly CrossFieldRule[] = [
  {
    reads: ['primary'],
    problems: ({ primary: { region, availabilityZones } }) =>
      availabilityZones
        .filter((zone) => zone.slice(0, -1) !== region)
        .map((zone) => `\`primary.availabilityZones\` must be in ${region}, got '${zone}'`),
  },
  {
    reads: ['primary', 'recovery'],
    problems: ({ primary, recovery }) =>
      when(
        recovery !== 'none' && recovery.region === primary.region,
        `\`recovery.region\` must differ from \`primary.region\`, got '${primary.region}' twice; a region cannot recover itself`,
      ),
  },
  {
    reads: ['primary', 'network'],
    problems: ({ primary, network }) =>
      when(
        network.natGateways !== 'none' && network.natGateways > primary.availabilityZones.length,
        `\`network.natGateways\` must not be above the number of zones, got ${network.natGateways} and ` +
          `${primary.availabilityZones.length} in \`primary.availabilityZones\``,
      ),
  },
  {
    reads: ['primary', 'loadBalancer'],
    problems: ({ primary, loadBalancer: { certificateArn } }) =>
      when(
        certificateArn !== 'none' && certificateArn.split(':')[3] !== primary.region,
        `\`loadBalancer.certificateArn\` must be in ${primary.region}, the region of the load balancer, got ` +
          `'${certificateArn.split(':')[3]}'`,
      ),
  },
  { reads: ['timeouts'], problems: ({ timeouts }) => timeoutChainProblems(timeouts) },
  {
    reads: ['service'],
    problems: ({ service: { minTasks, maxTasks } }) =>
      when(
        minTasks > maxTasks,
        `\`service.minTasks\` must not be above \`service.maxTasks\`, got ${minTasks} and ${maxTasks}`,
      ),
  },
  {
    reads: ['objectives'],
    problems: ({ objectives: { latency, users, cacheHitRatio } }) => [
      ...when(
        latency.p95Cached.toMilliseconds() > latency.p95.toMilliseconds(),
        '`objectives.latency.p95Cached` must not be above `objectives.latency.p95`, got ' +
          `${latency.p95Cached.toMilliseconds()} ms and ${latency.p95.toMilliseconds()} ms`,
      ),
      ...when(
        users.stress < users.concurrent,
        `\`objectives.users.stress\` must not be below \`objectives.users.concurrent\`, got ${users.stress} and ${users.concurrent}`,
      ),
      ...when(
        cacheHitRatio.popular > cacheHitRatio.frequent,
        '`objectives.cacheHitRatio.popular` must not be above `objectives.cacheHitRatio.frequent`, got ' +
          `${cacheHitRatio.popular} and ${cacheHitRatio.frequent}`,
      ),
    ],
  },
];
