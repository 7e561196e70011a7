import { numberOf, resourcesIn } from '../../template';
import { CostInputError } from '../cost-input-error';
import { BOUNDS, type Range } from '../quantity';
import { selectorsOf } from '../usage/usage';
import { aboveFloorOf, floorOf } from './compute-savings';
import { MOST_BUSY, sizesThatCarry, type TaskSize } from './fargate-sizes';
import type { Saving } from './saving';
import type { Scene, ServiceScene } from './scene';
import type { TaskLoad, Utilisation } from './utilisation';

/**
 * The smaller legal size that carries the measured load. What always runs becomes smaller; what comes and goes does the same
 * work on more tasks, so the same vCPUs are paid for it, and its memory by the new ratio.
 *
 * @throws CostInputError when `utilisation` names a service that is not there
 */
export function rightSizing(scene: Scene, utilisation: Utilisation = {}): readonly Saving[] {
  const services = scene.services();
  const unknown = Object.keys(utilisation).filter(
    (selector) => !services.some(({ resource }) => selectorsOf(resource).includes(selector)),
  );
  if (unknown.length > 0 && services.length > 0) {
    throw new CostInputError(
      `utilisation of ${unknown.join(', ')}: there is no such AWS::ECS::Service, use ${services.map(({ address }) => address).join(', ')}`,
    );
  }
  return services.flatMap((service) => {
    const selector = selectorsOf(service.resource).find((name) => utilisation[name] !== undefined);
    const load = selector === undefined ? undefined : utilisation[selector];
    const size = sizeOf(service);
    return load === undefined || size === undefined ? [] : proposal(scene, service, size, load);
  });
}

function proposal(scene: Scene, service: ServiceScene, now: TaskSize, load: TaskLoad): readonly Saving[] {
  const [best] = sizesThatCarry(now, load)
    .map((size) => ({ size, usd: savedUsd(scene, service, now, size) }))
    .sort((a, b) => b.usd.expected - a.usd.expected);
  if (best === undefined || best.usd.expected <= 0) return [];
  const { size, usd } = best;
  // With the old ratio what comes and goes costs what it did, so another saving may still be made on it.
  const sameRatio = size.memoryMiB * now.cpu === now.memoryMiB * size.cpu;
  return [
    {
      id: `right-size:${service.address}`,
      title: `Tasks of ${describe(size)} instead of ${describe(now)}`,
      usd,
      breakEven: limitsOf(now, size, load),
      risk: `bursts above the measured load (${load.source}) have less room, and a start takes longer; rehearse with the smaller --capacity first`,
      resources: [service.address],
      change: `\`Cpu: ${size.cpu}\` and \`Memory: ${size.memoryMiB}\` of the task definition, and the scaling targets per task`,
      claims: sizedLines(service).flatMap(({ id }) => [floorOf(id), ...(sameRatio ? [] : [aboveFloorOf(id)])]),
    },
  ];
}

function savedUsd(scene: Scene, service: ServiceScene, now: TaskSize, size: TaskSize): Range {
  const lines = sizedLines(service);
  const floor = new Map(scene.floorLines(({ address }) => address === service.address).map((line) => [line.id, line]));
  const [low = 0, middle = 0, high = 0] = BOUNDS.map((bound) =>
    lines.reduce((sum, line) => {
      const all = line.usd?.[bound] ?? 0;
      const always = Math.min(floor.get(line.id)?.usd?.[bound] ?? 0, all);
      const perTask = line.meter.includes('.vcpu.') ? size.cpu / now.cpu : size.memoryMiB / now.memoryMiB;
      return sum + all - always * perTask - (all - always) * perTask * (now.cpu / size.cpu);
    }, 0),
  );
  // More memory for each vCPU makes the busiest month the one that saves least.
  return { low: Math.min(low, middle, high), expected: middle, high: Math.max(low, middle, high) };
}

function sizedLines({ lines }: ServiceScene): ServiceScene['lines'] {
  return lines.filter(({ meter, usd }) => /^fargate\.(vcpu|gb)\./u.test(meter) && usd !== null);
}

function limitsOf(now: TaskSize, size: TaskSize, { cpuP95, memoryMax }: TaskLoad): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const cpu = `95 % of the time CPU stays below ${percent((MOST_BUSY.cpu * size.cpu) / now.cpu)} of today's size`;
  const memory = `memory below ${percent((MOST_BUSY.memory * size.memoryMiB) / now.memoryMiB)}`;
  return `while ${[...(cpuP95 === undefined ? [] : [cpu]), ...(memoryMax === undefined ? [] : [memory])].join(' and ')}`;
}

function sizeOf({ resource }: ServiceScene): TaskSize | undefined {
  const [definition] = resourcesIn(resource.property('TaskDefinition'), 'AWS::ECS::TaskDefinition');
  const [cpu, memoryMiB] = [definition?.property('Cpu'), definition?.property('Memory')].map(numberOf);
  return typeof cpu === 'number' && typeof memoryMiB === 'number' ? { cpu, memoryMiB } : undefined;
}

/** `0.5 vCPU and 1 GB (1:2)`. */
function describe({ cpu, memoryMiB }: TaskSize): string {
  return `${cpu / 1024} vCPU and ${memoryMiB / 1024} GB (1:${Number((memoryMiB / cpu).toFixed(2))})`;
}
