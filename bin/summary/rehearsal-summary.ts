import path from 'node:path';
import { Players, type RehearsalReport, rehearse, seedsUpTo } from '../../analysis/rehearsal';
import type { Assembly } from '../../analysis/template';
import { stageId } from '../../lib/config/views';
import { applicationOf } from '../rehearse/application';
import { NO_FLAGS } from '../rehearse/defaults';
import { subjectIn } from '../rehearse/subject';
import { chosenScenarios } from '../rehearse/traffics';

/** The loads that the objectives name; `npm run rehearse` also plays what goes wrong. */
const PLAYED = ['spike-5x', 'ten-times', 'users-1000'];

/** Rehearsals by stage, such as `Production`. */
export type Rehearsals = ReadonlyMap<string, RehearsalReport>;

/** Plays the loads that the objectives name through the service of each environment, with as many seeds as the gate does. */
export async function rehearseEach(assembly: Assembly, environments: readonly string[]): Promise<Rehearsals> {
  const players = new Players(NO_FLAGS.workers, path.join(__dirname, '..', 'analysis', 'rehearsal-worker.js'));
  const reports = new Map<string, RehearsalReport>();
  try {
    for (const environment of environments) {
      const flags = { ...NO_FLAGS, environment, scenario: PLAYED };
      const subject = subjectIn(assembly, flags);
      const progress = (scenario: string): void => {
        process.stderr.write(`rehearsing ${environment}: ${scenario} …\n`);
      };
      const scenarios = chosenScenarios(flags, subject.objectives);
      const application = applicationOf(flags, subject);
      const report = await rehearse({ ...subject, application }, scenarios, players, seedsUpTo(flags.seeds), progress);
      reports.set(stageId(environment), report);
    }
    return reports;
  } finally {
    await players.stop();
  }
}
