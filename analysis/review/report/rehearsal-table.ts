import { milliseconds } from '../../rehearsal';
import { scenarioPairs } from '../rehearsal-pair';
import type { Review } from '../review';
import { type Table, unlessEmpty } from './table';

/** What the same traffic does to the service before and after; medians over the seeds. */
export function rehearsalTable({ environments }: Review): Table[] {
  const rows = environments.flatMap(({ name, rehearsal }) =>
    (rehearsal ? scenarioPairs(rehearsal) : []).map(([before, after]) => {
      const verdict = (holds: boolean) => (holds ? 'holds' : 'fails');
      const [was, is] = [before.verdict, after.verdict];
      return [
        name,
        after.scenario.name,
        arrow(verdict(was.holds), verdict(is.holds)),
        arrow(one(was.figures.badMinutes.median), one(is.figures.badMinutes.median)),
        arrow(milliseconds(was.figures.worstP95Ms.median), milliseconds(is.figures.worstP95Ms.median)),
        arrow(one(was.figures.taskHours.median), one(is.figures.taskHours.median)),
      ];
    }),
  );
  const head = ['environment', 'scenario', 'objectives', 'bad minutes', 'worst 5-min p95', 'task-hours'];
  return unlessEmpty({ title: 'The same traffic, before and after', head, rows });
}

const one = (value: number): string => value.toFixed(1);

function arrow(from: string, to: string): string {
  return from === to ? to : `${from} → ${to}`;
}
