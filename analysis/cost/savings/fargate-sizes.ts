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
