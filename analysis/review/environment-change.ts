import { CHECKS } from '../checks';
import { type CostDiff, CostInputError, diffEstimates, type EstimateOptions, estimate, perRequest } from '../cost';
import { maskHashes, type StackChange, stackChanges } from '../diff';
import { type Assembly, type Resource, shortPath } from '../template';
import { type Acknowledgement, acknowledgementsIn } from './acknowledgements';
import type { RehearsalPair } from './rehearsal-pair';

/** What one of the checks found on one side. */
export interface CheckFinding {
  readonly check: string;
  readonly resource: Resource;
  readonly message: string;
}

export interface EnvironmentCost {
  readonly diff: CostDiff;
  /** USD for one million further requests; `undefined` without traffic, or on a side that is not there. */
  readonly marginalBefore: number | undefined;
  readonly marginalAfter: number | undefined;
}

/** Everything that is known about a change in one environment, for the rules. */
export interface EnvironmentChange {
  readonly name: string;
  /** `undefined`: the environment is new. */
  readonly before: Assembly | undefined;
  /** `undefined`: the environment is gone. */
  readonly after: Assembly | undefined;
  readonly stacks: readonly StackChange[];
  readonly appeared: readonly CheckFinding[];
  readonly resolved: readonly CheckFinding[];
  readonly accepted: readonly Acknowledgement[];
  readonly cost: EnvironmentCost | undefined;
  readonly rehearsal: RehearsalPair | undefined;
  /** What could not be judged, and why. */
  readonly remarks: readonly string[];
}

/** Compares one environment; nothing but the templates is looked at when they are the same. */
export function environmentChange(
  name: string,
  before: Assembly | undefined,
  after: Assembly | undefined,
  settings: EstimateOptions = {},
): EnvironmentChange {
  const stacks = stackChanges(before, after);
  const [left, right] = [before, after].map((side) => (side === undefined ? [] : acknowledgementsIn(side)));
  const accepted = missingFrom(left, right, ({ at, id }) => `${at} ${id}`);
  const none = { name, before, after, stacks, accepted, cost: undefined, rehearsal: undefined, remarks: [] };
  if (stacks.length === 0) return { ...none, appeared: [], resolved: [] };
  const [was, is] = [before, after].map((side) => (side === undefined ? [] : findingsIn(side)));
  const keyOf = ({ check, resource, message }: CheckFinding) =>
    maskHashes(`${check} ${shortPath(resource)} ${message}`);
  return {
    ...none,
    appeared: missingFrom(was, is, keyOf),
    resolved: missingFrom(is, was, keyOf),
    ...(before && after ? priced(before, after, settings) : {}),
  };
}

/** Without a region there is no price, which is no reason to say nothing of the rest. */
function priced(
  before: Assembly,
  after: Assembly,
  settings: EstimateOptions,
): Partial<Pick<EnvironmentChange, 'cost' | 'remarks'>> {
  try {
    const cost = costOf(before, after, settings);
    return {
      cost,
      remarks: cost.diff.newlyUnpriced.map((what) => `without a price, so the cost is at least: ${what}`),
    };
  } catch (error) {
    if (error instanceof CostInputError) return { remarks: [`not priced: ${error.message}`] };
    throw error;
  }
}

function findingsIn(assembly: Assembly): CheckFinding[] {
  return CHECKS.flatMap(({ id, find }) => find(assembly).map((finding) => ({ check: id, ...finding })));
}

function costOf(before: Assembly, after: Assembly, settings: EstimateOptions): EnvironmentCost {
  const [was, is] = [estimate(before, settings), estimate(after, settings)];
  return {
    diff: diffEstimates(was, is),
    marginalBefore: perRequest(before, was, settings).marginalPerMillion,
    marginalAfter: perRequest(after, is, settings).marginalPerMillion,
  };
}

function missingFrom<T>(known: readonly T[] = [], items: readonly T[] = [], keyOf: (item: T) => string): readonly T[] {
  const keys = new Set(known.map(keyOf));
  return items.filter((item) => !keys.has(keyOf(item)));
}
