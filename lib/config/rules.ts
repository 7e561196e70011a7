import { ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { warmingProblems } from '../constructs/cache-warming/cache-upkeep-settings';
import { taskSizeProblems } from '../constructs/container-service/task-size';
import { costProblems } from '../constructs/cost/cost-settings';
import { fleetProblems, memoryProblems } from '../constructs/scaling/fleet-capacity';
import { policyProblems } from '../constructs/scaling/policy-problems';
import { timeoutChainProblems } from '../shared/timeout-chain';
import { type CrossFieldRule, when } from './cross-field-rule';
import { DATA_RULES } from './data-rules';
import type { DomainConfig } from './edge-config';
import { RECOVERY_RULES } from './recovery-rules';

/** A construct knows its props, not the section that they come from. */
function inSections(problem: string): string {
  return problem
    .replaceAll(/`(cpu|memoryMiB|minTasks|maxTasks)`/g, '`service.$1`')
    .replaceAll(/`(out|in|trackers|bursts|schedules|predictive)\b/g, '`scaling.$1');
}

export const CROSS_FIELD_RULES: readonly CrossFieldRule[] = [
  {
    reads: ['primary'],
    problems: ({ primary: { region, availabilityZones } }) =>
      availabilityZones
        .filter((zone) => zone.slice(0, -1) !== region)
        .map((zone) => `\`primary.availabilityZones\` must be in ${region}, got '${zone}'`),
  },
  {
    reads: ['primary.availabilityZones', 'network.natGateways'],
    problems: ({ primary, network }) =>
      when(
        network.natGateways !== 'none' && network.natGateways > primary.availabilityZones.length,
        `\`network.natGateways\` must not be above the number of zones, got ${network.natGateways} and ` +
          `${primary.availabilityZones.length} in \`primary.availabilityZones\``,
      ),
  },
  {
    reads: ['primary.region', 'loadBalancer.certificateArn'],
    problems: ({ primary, loadBalancer: { certificateArn } }) =>
      when(
        certificateArn !== 'none' && certificateArn.split(':')[3] !== primary.region,
        `\`loadBalancer.certificateArn\` must be in ${primary.region}, the region of the load balancer, got ` +
          `'${certificateArn.split(':')[3]}'`,
      ),
  },
  {
    reads: ['edge.domain'],
    problems: ({ edge: { domain } }) => (domain === 'none' ? [] : domainProblems(domain)),
  },
  {
    reads: ['edge.originTlsName', 'loadBalancer.certificateArn'],
    problems: ({ edge: { originTlsName }, loadBalancer: { certificateArn } }) =>
      when(
        (originTlsName === 'none') !== (certificateArn === 'none'),
        "`edge.originTlsName` and `loadBalancer.certificateArn` must both be given or both be 'none', got " +
          `'${originTlsName}' and '${certificateArn}'; the CDN speaks TLS to the load balancer or it does not`,
      ),
  },
  ...DATA_RULES,
  ...RECOVERY_RULES,
  {
    reads: ['cost'],
    problems: ({ cost }) =>
      costProblems(cost).map((problem) => problem.replaceAll(/`(monthlyBudgetUsd|anomalyThresholdUsd)`/g, '`cost.$1`')),
  },
  {
    reads: ['observability.quietDuringDeployments', 'service.containerInsights'],
    problems: ({ observability: { quietDuringDeployments }, service: { containerInsights } }) =>
      when(
        quietDuringDeployments && containerInsights === ContainerInsights.DISABLED,
        '`observability.quietDuringDeployments` must be false while `service.containerInsights` is disabled, got true: ' +
          'nothing else counts deployments; or enable Container Insights',
      ),
  },
  {
    reads: ['cacheUpkeep.warming'],
    problems: ({ cacheUpkeep: { warming } }) =>
      warmingProblems(warming).map((problem) =>
        problem.replaceAll(/`(every|trendingEvery|shortestTtl|edge\.\w+)`/g, '`cacheUpkeep.warming.$1`'),
      ),
  },
  {
    reads: ['cacheUpkeep.warming.edge', 'primary.region'],
    problems: ({ cacheUpkeep: { warming }, primary: { region } }) =>
      when(
        warming.edge !== 'none' && warming.edge.regions.includes(region),
        `\`cacheUpkeep.warming.edge.regions\` must not name \`primary.region\`, got '${region}': the CDN is warmed from there ` +
          'in any case',
      ),
  },
  {
    reads: ['cacheUpkeep.warming.edge', 'network.natGateways'],
    problems: ({ cacheUpkeep: { warming }, network }) =>
      when(
        warming.edge !== 'none' && network.natGateways === 'none',
        "`cacheUpkeep.warming.edge` must be 'none' without NAT gateways: the CDN is asked over the internet; or set " +
          '`network.natGateways`',
      ),
  },
  { reads: ['timeouts'], problems: ({ timeouts }) => timeoutChainProblems(timeouts) },
  {
    reads: ['service'],
    problems: ({ service: { cpu, memoryMiB, minTasks, maxTasks } }) => [
      ...taskSizeProblems(cpu, memoryMiB).map(inSections),
      ...when(
        minTasks > maxTasks,
        `\`service.minTasks\` must not be above \`service.maxTasks\`, got ${minTasks} and ${maxTasks}`,
      ),
    ],
  },
  {
    reads: ['webhooks', 'network.natGateways'],
    problems: ({ webhooks, network }) =>
      webhooks === 'none'
        ? []
        : [
            ...taskSizeProblems(webhooks.cpu, webhooks.memoryMiB).map((problem) =>
              problem.replaceAll(/`(cpu|memoryMiB)`/g, '`webhooks.$1`'),
            ),
            ...when(
              network.natGateways === 'none',
              "`network.natGateways` must not be 'none' unless `webhooks` is: they are delivered to the internet",
            ),
          ],
  },
  {
    reads: ['service', 'scaling'],
    problems: ({ service, scaling }) => [
      ...policyProblems(scaling, service).map(inSections),
      ...memoryProblems(service.memoryMiB, scaling.baselineMemoryMiB, scaling.in.memoryPercentBelow),
    ],
  },
  {
    reads: ['objectives', 'service', 'scaling'],
    problems: ({ objectives, service, scaling }) => fleetProblems(objectives.traffic, { ...service, ...scaling }),
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

function domainProblems({ names, certificateArn, zone }: DomainConfig): string[] {
  const region = certificateArn.split(':')[3];
  return [
    ...when(
      certificateArn === 'from-zone' && zone === 'none',
      "`edge.domain.certificateArn` must be an ARN when `edge.domain.zone` is 'none': there is no zone to validate in",
    ),
    ...when(
      region !== undefined && region !== 'us-east-1',
      `\`edge.domain.certificateArn\` must be in us-east-1, where CloudFront looks for it, got '${region}'`,
    ),
    ...names
      .filter((name) => zone !== 'none' && name !== zone.name && !name.endsWith(`.${zone.name}`))
      .map((name) => `\`edge.domain.names\` must be in the zone ${zone === 'none' ? '' : zone.name}, got '${name}'`),
  ];
}
