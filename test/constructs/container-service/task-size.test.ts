import {
  FARGATE_CPU_UNITS,
  fargateMemorySizes,
  taskSizeProblems,
} from '../../../lib/constructs/container-service/task-size';

// AWS's table "Troubleshoot Amazon ECS task definition invalid CPU or memory errors": ends and number of sizes.
test.each([
  [256, 512, 2048, 3],
  [512, 1024, 4096, 4],
  [1024, 2048, 8192, 7],
  [2048, 4096, 16_384, 13],
  [4096, 8192, 30_720, 23],
  [8192, 16_384, 61_440, 12],
  [16_384, 32_768, 122_880, 12],
])('%d CPU units go with %d to %d MiB in %d sizes', (cpu, smallest, largest, count) => {
  const sizes = fargateMemorySizes(cpu);
  expect([sizes[0], sizes.at(-1), sizes.length]).toEqual([smallest, largest, count]);
  expect(sizes.flatMap((memoryMiB) => taskSizeProblems(cpu, memoryMiB))).toEqual([]);
});

test('there are seven amounts of CPU', () => {
  expect(FARGATE_CPU_UNITS).toEqual([256, 512, 1024, 2048, 4096, 8192, 16_384]);
});

test.each([
  [256, 1536, '`memoryMiB` with 256 CPU units must be one of 512, 1024, 2048, got 1536'],
  [512, 512, '`memoryMiB` with 512 CPU units must be one of 1024, 2048, 3072, 4096, got 512'],
  [1024, 2049, '`memoryMiB` with 1024 CPU units must be one of 2048, 3072, 4096, 5120, 6144, 7168, 8192, got 2049'],
  [300, 512, '`cpu` must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 units, got 300'],
])('fails when a task has %d CPU units and %d MiB', (cpu, memoryMiB, problem) => {
  expect(taskSizeProblems(cpu, memoryMiB)).toEqual([problem]);
});
