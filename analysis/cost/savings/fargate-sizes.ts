/** Size of a task: 1024 CPU units are one vCPU. */
export interface TaskSize {
  readonly cpu: number;
  readonly memoryMiB: number;
}

/** Memory of each CPU size, in GB: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html. */
const MEMORY: readonly { readonly cpu: number; readonly from: number; readonly to: number; readonly step: number }[] = [
  { cpu: 512, from: 1, to: 4, step: 1 },
  { cpu: 1024, from: 2, to: 8, step: 1 },
  { cpu: 2048, from: 4, to: 16, step: 1 },
  { cpu: 4096, from: 8, to: 30, step: 1 },
  { cpu: 8192, from: 16, to: 60, step: 4 },
  { cpu: 16_384, from: 32, to: 120, step: 8 },
];

/** Every size that Fargate accepts, the smallest first. */
export const FARGATE_SIZES: readonly TaskSize[] = [
  ...[0.5, 1, 2].map((gb) => ({ cpu: 256, memoryMiB: gb * 1024 })),
  ...MEMORY.flatMap(({ cpu, from, to, step }) =>
    Array.from({ length: (to - from) / step + 1 }, (_, index) => ({ cpu, memoryMiB: (from + index * step) * 1024 })),
  ),
];

/** A smaller task may be this busy: what is left takes the bursts that a percentile does not show. */
export const MOST_BUSY = { cpu: 0.7, memory: 0.8 };

/** Legal sizes, none with more CPU than `now`, that carry what is measured; what is not measured is not made smaller. */
export function sizesThatCarry(
  now: TaskSize,
  { cpuP95, memoryMax }: { readonly cpuP95?: number; readonly memoryMax?: number },
): readonly TaskSize[] {
  const cpu = cpuP95 === undefined ? now.cpu : (now.cpu * cpuP95) / MOST_BUSY.cpu;
  const memoryMiB = memoryMax === undefined ? now.memoryMiB : (now.memoryMiB * memoryMax) / MOST_BUSY.memory;
  return FARGATE_SIZES.filter((size) => size.cpu <= now.cpu && size.cpu >= cpu && size.memoryMiB >= memoryMiB);
}
