import type { Outcome } from '../simulation/outcome';
import { simulate } from '../simulation/simulate';
import type { SimulationInput } from '../simulation/simulation-input';
import { type TrafficSpec, trafficOf } from './traffic-spec';

/** A rehearsal as plain data: everything a worker needs to play it. */
export interface RehearsalPlan extends Omit<SimulationInput, 'traffic'> {
  readonly traffic: TrafficSpec;
}

/** Plays a plan once per seed, in this thread. */
export function playSeeds(plan: RehearsalPlan, seeds: readonly number[]): Outcome[] {
  const input = { ...plan, traffic: trafficOf(plan.traffic) };
  return seeds.map((seed) => simulate(input, seed));
}

/** Seeds 1 to `count`. */
export function seedsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
