import type { StepAdjustment, StepScalingPolicy } from './policy-definition';

/**
 * The step that a breach selects. At or above the threshold lower bounds are inclusive and upper bounds exclusive; below
 * it lower bounds are exclusive and upper bounds inclusive.
 * Source: Application Auto Scaling user guide, "Step adjustments".
 *
 * @param breach metric value minus alarm threshold
 */
export function stepFor(steps: readonly StepAdjustment[], breach: number): StepAdjustment | undefined {
  return steps.find(({ lowerBound = Number.NEGATIVE_INFINITY, upperBound = Number.POSITIVE_INFINITY }) =>
    breach >= 0 ? breach >= lowerBound && breach < upperBound : breach > lowerBound && breach <= upperBound,
  );
}

/**
 * Capacity after a step, before the bounds of the target. Percentages round towards zero, except that less than one
 * task becomes one task.
 * Source: Application Auto Scaling user guide, "Scaling adjustment types".
 */
export function adjustedCapacity(
  policy: Pick<StepScalingPolicy, 'adjustmentType' | 'minAdjustmentMagnitude'>,
  adjustment: number,
  capacity: number,
): number {
  switch (policy.adjustmentType) {
    case 'ChangeInCapacity':
      return capacity + adjustment;
    case 'ExactCapacity':
      return adjustment;
    case 'PercentChangeInCapacity':
      return capacity + percentChange((capacity * adjustment) / 100, policy.minAdjustmentMagnitude ?? 0);
  }
}

function percentChange(exact: number, minimum: number): number {
  if (exact === 0) return 0;
  const magnitude = Math.max(1, Math.floor(Math.abs(exact)), minimum);
  return Math.sign(exact) * magnitude;
}

/** Why the steps of a policy cannot work, in words; empty when they can. */
export function stepProblems(steps: readonly StepAdjustment[]): string[] {
  const sorted = [...steps].sort(
    (a, b) => (a.lowerBound ?? Number.NEGATIVE_INFINITY) - (b.lowerBound ?? Number.NEGATIVE_INFINITY),
  );
  const problems = steps.length > 20 ? [`a policy has at most 20 steps, got ${steps.length}`] : [];
  sorted.forEach((step, index) => {
    const next = sorted[index + 1];
    if (next === undefined) return;
    if (step.upperBound === undefined || (next.lowerBound ?? Number.NEGATIVE_INFINITY) < step.upperBound) {
      problems.push(`the steps from ${step.lowerBound ?? '-∞'} and from ${next.lowerBound ?? '-∞'} overlap`);
    } else if ((next.lowerBound ?? 0) > step.upperBound) {
      problems.push(`no step covers ${step.upperBound} to ${next.lowerBound}`);
    }
  });
  return problems;
}
