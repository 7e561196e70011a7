import type { Line } from '../estimate-model';
import { type Range, sumRanges } from '../quantity';
import type { Saving } from './saving';
import { type Scene, type ServiceScene, scaleRange } from './scene';

const NOTHING: Range = { low: 0, expected: 0, high: 0 };
const FARGATE = /^fargate\.(vcpu|gb)\./u;

/** A line's cost has two parts that can be saved on apart: what always runs, and what comes and goes. */
export const floorOf = (id: string): string => `${id}, what always runs`;
export const aboveFloorOf = (id: string): string => `${id}, what comes and goes`;

/** Tasks that always run cost less under a one-year commitment; no commitment covers Spot. */
export function computeSavingsPlan(scene: Scene): readonly Saving[] {
  const discount = scene.discount('compute.savings-plan.1y.all-upfront');
  if (discount === undefined) return [];
  return scene.services().map(({ address }) => {
    const lines = scene.floorLines((line) => line.address === address && isOnDemand(line));
    const cost = sumRanges(lines.flatMap(({ usd }) => usd ?? [])).expected;
    return {
      id: 'compute-savings-plan',
      title: 'Compute Savings Plan for the tasks that always run, one year, all upfront',
      usd: { low: cost * discount.low, expected: cost * discount.expected, high: cost * discount.high },
      breakEven: `while at least ${Math.round((1 - discount.expected) * 100)} % of the least capacity runs`,
      risk: 'a year is paid whether it runs or not; commit to the floor only',
      resources: [address],
      change: 'buy the plan in the billing console; the configuration stays',
      claims: lines.map(({ id }) => floorOf(id)),
    };
  });
}

/** Workers have queues that wait; behind a load balancer the least number of tasks stays on demand. */
export function spotShare(scene: Scene): readonly Saving[] {
  const discount = scene.discount('fargate.spot');
  if (discount === undefined) return [];
  return scene.services().map((service) => {
    const { address, behindLoadBalancer } = service;
    const lines = service.lines.filter(isOnDemand);
    const movable = movableCost(scene, service, lines);
    const usd = {
      low: movable.low * discount.low,
      expected: movable.expected * discount.expected,
      high: movable.high * discount.high,
    };
    return {
      id: `spot:${address}`,
      title: behindLoadBalancer ? 'Spot for the tasks above the least number' : 'Spot for the workers',
      usd,
      breakEven: 'from the first task',
      risk: 'AWS takes tasks back at two minutes notice; needs graceful stops and idempotent work',
      resources: [address],
      change: '`service.spotTasksInTen`: raise it, with the base on FARGATE',
      claims: lines.flatMap(({ id }) => (behindLoadBalancer ? [aboveFloorOf(id)] : [floorOf(id), aboveFloorOf(id)])),
    };
  });
}

function movableCost(scene: Scene, { behindLoadBalancer }: ServiceScene, lines: readonly Line[]): Range {
  const cost = sumRanges(lines.flatMap(({ usd }) => usd ?? []));
  if (!behindLoadBalancer) return cost;
  const ids = new Set(lines.map(({ id }) => id));
  const kept = sumRanges(scene.floorLines(({ id }) => ids.has(id)).flatMap(({ usd }) => usd ?? []));
  return {
    low: Math.max(cost.low - kept.low, 0),
    expected: Math.max(cost.expected - kept.expected, 0),
    high: Math.max(cost.high - kept.high, 0),
  };
}

/** Arm costs less per vCPU and GB for the same work in most runtimes. */
export function graviton(scene: Scene): readonly Saving[] {
  const lines = scene.lines.filter(({ meter }) => /^fargate\.(vcpu|gb)\.x86$|^lambda\.gbsecond\.x86$/u.test(meter));
  return lines.map((line) => ({
    id: `graviton:${line.address}`,
    title: 'Graviton (arm64) instead of x86',
    usd: scaleRange(
      line.usd ?? NOTHING,
      1 - scene.price(line.meter.replace('x86', 'arm'), line.region) / scene.price(line.meter, line.region),
    ),
    breakEven: 'from the first hour',
    risk: 'native dependencies need arm64 builds',
    resources: [line.address],
    change: '`RuntimePlatform.CpuArchitecture: ARM64`, or `Architectures: [arm64]`',
    claims: [floorOf(line.id), aboveFloorOf(line.id)],
  }));
}

function isOnDemand({ meter, label }: Line): boolean {
  return label === undefined && FARGATE.test(meter);
}
