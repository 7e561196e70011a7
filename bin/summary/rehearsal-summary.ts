import type { RehearsalReport } from '../../analysis/rehearsal';
import type { Assembly } from '../../analysis/template';
import { stageId } from '../../lib/config/views';
import { NO_FLAGS } from '../rehearse/defaults';
import { playChosen, startPlayers } from '../rehearse/play-chosen';
import { subjectIn, withObjectives } from '../rehearse/subject';

/** The loads that the objectives name; `npm run rehearse` also plays what goes wrong. */
const PLAYED = ['spike-5x', 'ten-times', 'users-1000'];

/** Rehearsals by stage, such as `Production`. */
export type Rehearsals = ReadonlyMap<string, RehearsalReport>;

/** Plays the loads that the objectives name through the service of each environment, with as many seeds as the gate does. */
export async function rehearseEach(assembly: Assembly, environments: readonly string[]): Promise<Rehearsals> {
  const players = startPlayers(NO_FLAGS.workers);
  const reports = new Map<string, RehearsalReport>();
  try {
    for (const environment of environments) {
      const flags = { ...NO_FLAGS, environment, scenario: PLAYED };
      process.stderr.write(`rehearsing ${environment} …\n`);
      const subject = subjectIn(withObjectives(assembly, environment, flags), flags);
      reports.set(stageId(environment), await playChosen(subject, flags, players));
    }
    return reports;
  } finally {
    await players.stop();
  }
}
