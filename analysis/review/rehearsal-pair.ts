import type { RehearsalReport } from '../rehearsal';

/** The same traffic, with the same seeds, through the policies before and after a change. */
export interface RehearsalPair {
  readonly before: RehearsalReport;
  readonly after: RehearsalReport;
}

type Rehearsal = RehearsalReport['rehearsals'][number];

/** Before and after of each scenario. */
export function scenarioPairs({ before, after }: RehearsalPair): readonly (readonly [Rehearsal, Rehearsal])[] {
  return after.rehearsals.flatMap((now) => {
    const old = before.rehearsals.find(({ scenario }) => scenario.name === now.scenario.name);
    return old === undefined ? [] : [[old, now] as const];
  });
}
