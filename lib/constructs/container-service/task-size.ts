/** Memory that Fargate has for one amount of CPU, all in MiB. */
interface MemoryRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/**
 * CPU units (1024 = one vCPU) and the memory that goes with them.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const FARGATE_SIZES: Readonly<Record<number, MemoryRange>> = {
  256: { min: 512, max: 2048, step: 512 },
  512: { min: 1024, max: 4096, step: 1024 },
  1024: { min: 2048, max: 8192, step: 1024 },
  2048: { min: 4096, max: 16_384, step: 1024 },
  4096: { min: 8192, max: 30_720, step: 1024 },
  8192: { min: 16_384, max: 61_440, step: 4096 },
  16384: { min: 32_768, max: 122_880, step: 8192 },
};

/** 1536 MiB lies on the grid of the smallest size but does not exist. */
const MISSING = { cpu: 256, memoryMiB: 1536 };

/** The CPU sizes of Fargate, smallest first. */
export const FARGATE_CPU_UNITS: readonly number[] = Object.keys(FARGATE_SIZES).map(Number);

/** The legal memory sizes in MiB for `cpu` units, smallest first; empty when Fargate has no such CPU size. */
export function fargateMemorySizes(cpu: number): number[] {
  const range = FARGATE_SIZES[cpu];
  if (range === undefined) return [];
  const { min, max, step } = range;
  return Array.from({ length: (max - min) / step + 1 }, (_, index) => min + index * step).filter(
    (memoryMiB) => cpu !== MISSING.cpu || memoryMiB !== MISSING.memoryMiB,
  );
}

/** Why Fargate has no task of this size, with the sizes that it has. */
export function taskSizeProblems(cpu: number, memoryMiB: number): string[] {
  const sizes = fargateMemorySizes(cpu);
  if (sizes.length === 0) return [`\`cpu\` must be one of ${FARGATE_CPU_UNITS.join(', ')} units, got ${cpu}`];
  if (sizes.includes(memoryMiB)) return [];
  return [`\`memoryMiB\` with ${cpu} CPU units must be one of ${sizes.join(', ')}, got ${memoryMiB}`];
}
